"""Things: what somebody holds, and what stands, lies, hangs or flies in a place. They know no place and no shot."""
