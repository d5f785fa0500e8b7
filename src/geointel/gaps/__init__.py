"""Where is help missing? Plain functions on arrays: travel, catchments, siting, need and equity.

Minutes from origins to services are a sparse matrix of shape ``(n_origin, n_service)`` whose stored entries are the pairs that
can be travelled: a stored 0 is a time, and a pair that is not stored is out of reach.
"""
