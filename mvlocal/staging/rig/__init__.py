"""The puppet's bones: a skeleton of human proportions, its actions, and feet that stay where they are put."""

from mvlocal.staging.rig.actions import ACTIONS, Action, require_action
from mvlocal.staging.rig.cue import Moment, Travel
from mvlocal.staging.rig.pose import Pose
from mvlocal.staging.rig.puppet import pose_figure

__all__ = ["ACTIONS", "Action", "Moment", "Pose", "Travel", "pose_figure", "require_action"]
