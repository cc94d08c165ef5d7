"""What happens to lines by themselves. When the jobs run is in portal/celery.py; each is safe to run twice."""
