"""The page audit: Lighthouse (its own package list beside this file) on a platform made for measuring."""
