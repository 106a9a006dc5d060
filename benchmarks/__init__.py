"""Measurements that back the claims in docs/performance.md. Offline; each prints ratios from one run."""
