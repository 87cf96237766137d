"""Executors: where the exemplars of a data set are trained.

plan.py             plans and results of trainings
run_archive.py      a run's folder as a zip file
task_file.py        a training task as a zip file
package_source.py   this package as a zip file, for machines without it
local/              in this process: sequential.py one after the other, stacked.py several at a time
ray/                a task for each exemplar on a Ray cluster: ray_runs.py is the driver, ray_task.py the worker
hf_jobs/            a job for each exemplar on the Hub: hub_jobs.py starts jobs, with the command of job_command.py;
                    hub_task.py is the program of a job; run_repository.py the data set repository of tasks and runs
"""
