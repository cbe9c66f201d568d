"""The course: lessons as data, what they ask, and how far a learner is."""
