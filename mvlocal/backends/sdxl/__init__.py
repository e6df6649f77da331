"""SDXL: prompts encoded, stills generated.

From weights to pictures: `models` says which weights there are, `load` reads them, `networks` keeps them set up and
`adapters` dresses them; `tokens` and `prompts` encode words; `requests` and `looks` say what one picture is made of,
`schedules` and `sizes` how, `denoise` is the loop, `pixels` and `previews` turn latents into pictures, and `stills`
leads through all of it.
"""
