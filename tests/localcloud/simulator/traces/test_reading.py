"""Hand-made traces: what each format and each irregularity comes to."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from api_client.models.job import JobState
from localcloud.simulator.traces.reading import read_trace
from localcloud.simulator.traces.record import TraceError, TraceJob
from tests.localcloud.simulator.traces.figures import hours, peak, write

SECOND = 10**6


def _times(job: TraceJob) -> list[tuple[float, float]]:
    return [((run.start - job.submit) / SECOND, (run.end - run.start) / SECOND) for run in job.runs]


def test_our_own_format(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            "job_id,submit,start,end,accelerators,state,user,project,pool,nodes,name,model\n"
            "a,2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,2026-01-01T01:01:00Z,16,SUCCEEDED,"
            "ann,vision,gpu,2,train,H100\n"
            "b,2026-01-01T00:00:00Z,,,8,QUEUED,bob,,,,,\n",
        )
    )
    assert trace.format == "Quarterdeck"
    first, second = trace.jobs
    assert _times(first) == [(60, 3600)]
    assert (first.user, first.project, first.pool, first.nodes) == ("ann", "vision", "gpu", 2)
    assert (first.name, first.model, first.native) == ("train", "H100", "SUCCEEDED")
    assert (second.state, second.runs, second.ended) == (JobState.QUEUED, (), None)
    assert hours(trace) == 16
    assert trace.notes == []


def test_other_order_case_marks_line_ends_quotes_and_extra_columns(tmp_path: Path) -> None:
    text = (
        "\ufeffNum GPUs,Comment,End Time,JobID,Submit Time,Status\r\n"
        '4,"a, ""b""\r\nc",110,"x,1",100,Killed\r\n\r\n'
    )
    (job,) = read_trace(write(tmp_path, text)).jobs
    assert (job.id, job.native, job.state) == ("x,1", "Killed", JobState.STOPPED)
    assert job.accelerators == 4
    assert _times(job) == [(0, 10)]


def test_a_packed_trace(tmp_path: Path) -> None:
    file = tmp_path / "trace.csv.gz"
    file.write_bytes(gzip.compress(b"job_id,arrival,runtime,gpus\n1,5,0.5,3\n"))
    trace = read_trace(file)
    assert _times(trace.jobs[0]) == [(0, 0.5)]
    assert trace.jobs[0].state is JobState.SUCCEEDED


@pytest.mark.parametrize(
    ("submit", "end", "seconds"),
    [
        ("1700000000", "1700000090", 90),
        ("1700000000000", "1700000000500", 0.5),
        ("1700000000000000", "1700000000500000", 0.5),
        ("2023-11-14 22:13:20", "2023-11-14 22:14:50", 90),
        ("2023-11-15T06:13:20+08:00", "2023-11-14T22:14:50Z", 90),
        ("0", "90", 90),
        ("2023/11/14 22:13:20", "2023/11/14 22:14:50 UTC", 90),
        ("2023-11-14 17:13:20 EST", "2023-11-14 22:14:50", 90),
        ('"Tue, 14 Nov 2023 22:13:20 GMT"', '"Tue, 14 Nov 2023 23:14:50 +0100"', 90),
        ("20231114T221320Z", "2023-11-14t22:14:50.000000001z", 90),
    ],
)
def test_times_in_every_form(tmp_path: Path, submit: str, end: str, seconds: float) -> None:
    trace = read_trace(write(tmp_path, f"id,submit,end,gpu\n1,{submit},{end},1\n"))
    assert _times(trace.jobs[0]) == [(0, seconds)]
    assert trace.jobs[0].submit // SECOND == (1_609_459_200 if submit == "0" else 1_700_000_000)


def test_units_in_the_names_of_columns(tmp_path: Path) -> None:
    trace = read_trace(write(tmp_path, "id,submit_ms,duration_hours,gpu\n1,5000,1.5,2\n"))
    assert trace.jobs[0].submit % (60 * SECOND) == 5 * SECOND
    assert hours(trace) == 3


def test_acme_and_helios_wait_in_a_column_called_queue(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,"
            "duration,queue\n"
            "1,u1,vcA,8,64,1,COMPLETED,2020-04-01 00:00:00,2020-04-01 00:00:10,"
            "2020-04-01 00:01:10,60,10\n"
            "2,u2,vcB,0,4,1,FAILED,2020-04-01 00:00:00,2020-04-01 00:00:00,"
            "2020-04-01 00:00:30,30,0\n"
            "3,u3,vcC,16,4,2,CANCELLED,2020-04-01 00:00:00,None,2020-04-01 00:05:00,0,300\n"
            "4,u3,vcC,16,4,2,TIMEOUT,2020-04-01 00:00:00,2020-04-01 00:00:00,"
            "2020-04-01 00:00:01,1,0\n",
        )
    )
    states = [JobState.SUCCEEDED, JobState.FAILED, JobState.STOPPED, JobState.FAILED]
    assert trace.format == "Helios"
    assert [job.state for job in trace.jobs] == states
    assert [job.pool for job in trace.jobs] == ["vcA", "vcB", "vcC", "vcC"]
    assert [_times(job) for job in trace.jobs] == [[(10, 60)], [(0, 30)], [], [(0, 1)]]
    assert trace.jobs[2].ended == trace.jobs[2].submit + 300 * SECOND
    assert "times name no zone: taken as UTC" in trace.notes


def test_openb_running_goes_on_though_its_interval_ends(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
            "deletion_time,scheduled_time\n"
            "p0,1,1,1,460,,LS,Running,0,3600,0\np1,1,1,2,1000,,LS,Pending,0,100,\n"
            "p2,1,1,0,0,,BE,Succeeded,10,20,15\n",
        )
    )
    running, pending, cpu = trace.jobs
    assert (running.state, running.ended, running.accelerators) == (
        JobState.RUNNING, None, Decimal("0.46"),
    )  # fmt: skip
    assert (pending.state, pending.runs) == (JobState.QUEUED, ())
    assert cpu.accelerators == 0
    assert _times(cpu) == [(5, 5)]
    assert hours(trace) == Decimal("0.460")


def test_pai_tasks_without_a_header_count_percents_of_every_instance(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            "j1,worker,4,Terminated,1000.0,4600.0,600,30,50,P100\n"
            "j2,worker,1,Waiting,,,600,30,100,MISC\nj3,ps,1,Running,2000,,600,30,,\n",
        )
    )
    assert trace.format == "PAI tasks"
    assert [int(job.accelerators) for job in trace.jobs] == [2, 0]
    assert trace.jobs[0].state is JobState.SUCCEEDED
    assert hours(trace) == 2
    assert "1 rows without any time left out" in trace.notes


def test_philly_log_has_attempts(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            '[{"status":"Pass","vc":"v","jobid":"app_1","user":"u","submitted_time":'
            '"2017-10-09 07:00:00","attempts":[{"start_time":"2017-10-09 07:01:00","end_time":'
            '"2017-10-09 07:02:00","detail":[{"ip":"m1","gpus":["gpu0","gpu1"]}]},'
            '{"start_time":"2017-10-09 07:03:00","end_time":"2017-10-09 07:04:00","detail":'
            '[{"ip":"m1","gpus":["gpu0"]},{"ip":"m2","gpus":["gpu0"]}]}]},'
            '{"status":"Killed","vc":"v","jobid":"app_2","user":"u","submitted_time":'
            '"2017-10-09 07:00:00","attempts":[]}]',
            "log.json",
        )
    )
    first, second = trace.jobs
    assert _times(first) == [(60, 60), (180, 60)]
    assert first.accelerators == 2
    assert (first.nodes, first.state) == (2, JobState.SUCCEEDED)
    assert (second.state, second.runs, second.ended) == (JobState.STOPPED, (), second.submit)


def test_sacct_steps_arrays_and_torn_records(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            "JobID|JobName|User|AllocTRES|State|Submit|Start|End|ElapsedRaw|Partition\n"
            "rest of something\n"
            "7_1|a\nb|ann|billing=9,cpu=8,gres/gpu:a100=4,gres/gpu=4|CANCELLED by 1000|"
            "2026-01-01T00:00:00|2026-01-01T00:01:00|2026-01-01T00:02:00|60|gpu\n"
            "7_1.batch|batch||cpu=8|CANCELLED|2026-01-01T00:00:00|2026-01-01T00:01:00|"
            "2026-01-01T00:02:00|60|\n"
            "8|c|bob|cpu=1|RUNNING|2026-01-01T00:00:00|2026-01-01T00:01:00|Unknown|600|cpu\n"
            "9|c|bob||PENDING|2026-01-01T00:00:00|Unknown|Unknown|0|cpu\n",
        )
    )
    cancelled, running, pending = trace.jobs
    assert (cancelled.id, cancelled.native, cancelled.reason) == (
        "7_1", "CANCELLED", "CANCELLED by 1000",
    )  # fmt: skip
    assert cancelled.accelerators == 4
    assert (running.state, running.ended, _times(running)) == (JobState.RUNNING, None, [(60, 600)])
    assert (pending.state, pending.runs) == (JobState.QUEUED, ())
    assert any("steps" in note for note in trace.notes)
    assert any("put together" in note for note in trace.notes)


def test_what_never_ends_holds_until_the_last_moment_of_the_trace(tmp_path: Path) -> None:
    trace = read_trace(
        write(
            tmp_path,
            "id,submit,start,end,gpus,state\n1,0,0,,1,running\n2,5,5,65,1,done\n3,1,9,,1,done\n",
        )
    )
    assert [_times(job) for job in trace.jobs] == [[(0, 65)], [(0, 60)], [(8, 0)]]
    assert any("neither end nor duration" in note for note in trace.notes)
    assert peak(trace) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (
            "id,gpus,state\n1,2,ok\n",
            r"trace.csv:1: no column for submit \(or start, or end\); found",
        ),
        ("id,submit,end\n1,2,3\n", r"no column for accelerators; found: id, submit, end"),
        ("id,submit,gpus\n1,2,3\n", r"no column for end or duration"),
        ("id,submit,end,gpus\n1,2,3,1\n1,soon,3,1\n", r"trace.csv:3: column submit: 'soon'"),
        ("id,submit,end,gpus\n1,2,3,many\n", r"trace.csv:2: column gpus: 'many' is not a number"),
        ("id,submit,end,gpus\n1,2,3,-1\n", r"trace.csv:2: column gpus: '-1' is below 0"),
        ("id,submit,duration,gpus\n1,2,-3,1\n", r"column duration: '-3': a duration cannot"),
        ("id,submit,end,gpus\n1,9e400,3,1\n", r"column submit: .* beyond the year 9000"),
        ("[{]", r"is not JSON"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TraceError, match=said):
        read_trace(write(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="No such file"):
        read_trace(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("id_job,id_user,gres_used,state,time_submit,time_start,time_end,tres_alloc",
         '1,5,gpu:volta:2,3,1600000000,1600000010,1600003610,"1=8,1002=2"'),
        ("job_id,state,gpus_req,num_gpus_alloc,submit_time,start_time,end_time,run_time",
         "1,COMPLETED,4,2,2020-01-01T00:00:00,2020-01-01T00:00:10,2020-01-01T01:00:10,3600"),
        ("instance_sn,role,app_name,gpu_request,creation_time,scheduled_time,deletion_time",
         "i1,CN,a,2,0,10,3610"),
        ("job,submit,queue_time,run_time,gpus", "1,0,10,3600,2"),
        ("Job ID,Job Submit Timestamp (s),Pending Time,Run Time (hours),Requested GPUs",
         "1,0,10,1,2"),
        ("pod,pod_created_at,job_started_at,unix_end,total_gpu_count",
         "1,1700000000,1700000010,1700003610,2"),
        ("JobID,State,Submit,Start,End,Elapsed,AllocTRES",
         '1,COMPLETED,2026-01-01T00:00:00,2026-01-01T00:00:10,2026-01-01T01:00:10,01:00:00,'
         '"cpu=8,gres/gpu=2"\n1.batch,COMPLETED,2026-01-01T00:00:00,2026-01-01T00:00:10,'
         '2026-01-01T01:00:10,01:00:00,"cpu=8,gres/gpu=2"'),
    ],
)  # fmt: skip
def test_columns_by_other_names(tmp_path: Path, header: str, row: str) -> None:
    (job,) = read_trace(write(tmp_path, f"{header}\n{row}\n")).jobs
    assert _times(job) == [(10, 3600)]
    assert job.accelerators == 2
    assert job.state is JobState.SUCCEEDED


def test_a_queue_with_a_name_is_no_time_of_waiting(tmp_path: Path) -> None:
    text = "id,submit,duration,gpus,queue\n1,0,5,2,short\n2,0,5,2,7\n"
    first, second = read_trace(write(tmp_path, text)).jobs
    assert (_times(first), first.pool) == ([(0, 5)], "short")
    assert _times(second) == [(7, 5)]


def test_an_attempt_of_an_ended_job_without_an_end_held_nothing(tmp_path: Path) -> None:
    def job(status: str) -> str:
        return (
            f'{{"status":"{status}","jobid":"{status}","submitted_time":"2017-10-09 07:00:00",'
            '"attempts":[{"start_time":"2017-10-09 07:00:00","end_time":"None","detail":'
            '[{"ip":"m","gpus":["g0"]}]},{"start_time":"2017-10-09 08:00:00","end_time":'
            '"2017-10-09 09:00:00","detail":[{"ip":"m","gpus":["g0"]}]}]}'
        )

    trace = read_trace(write(tmp_path, f"[{job('Killed')},{job('Running')}]", "log.json"))
    killed, running = trace.jobs
    assert _times(killed) == [(0, 0), (3600, 3600)]
    assert _times(running) == [(0, 7200), (3600, 3600)]
    assert "1 attempts of ended jobs have no end: taken as runs of no length" in trace.notes
