package io.k3j.ha;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.time.Duration;

/// Something a server on a machine has too little of.
enum Scarcity {
    /// File descriptors: twenty more than it has open.
    DESCRIPTORS("prlimit --pid $pid --nofile=$(($(ls /proc/$pid/fd | wc -l) + 20)):",
            "prlimit --pid $pid --nofile=$(prlimit --pid $pid --nofile --noheadings --output HARD | tr -d ' '):",
            "[ $(ls /proc/$pid/fd | wc -l) -ge $(prlimit --pid $pid --nofile --noheadings --output SOFT) ]"),
    /// Threads and processes: not one more than there are.
    THREADS("cd /sys/fs/cgroup/pids && mkdir -p scarce && echo $pid > scarce/cgroup.procs"
            + " && cat scarce/pids.current > scarce/pids.max", "echo max > /sys/fs/cgroup/pids/scarce/pids.max",
            "cd /sys/fs/cgroup/pids/scarce && [ $(cat pids.current) -ge $(cat pids.max) ]");

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final String begin;
    private final String end;
    private final String felt;

    Scarcity(String begin, String end, String felt) {
        this.begin = begin;
        this.end = end;
        this.felt = felt;
    }

    /// Takes away what is free.
    void begin(Machine machine) throws IOException, InterruptedException {
        must(machine, begin);
    }

    /// Gives it back.
    void end(Machine machine) throws IOException, InterruptedException {
        must(machine, end);
    }

    /// Whether nothing is left.
    boolean felt(Machine machine) throws IOException, InterruptedException {
        return on(machine, felt).code() == 0;
    }

    /// The time the server has had on a processor, in milliseconds.
    static long worked(Machine machine) throws IOException, InterruptedException {
        return Long.parseLong(must(machine, "awk '{print ($14 + $15) * 1000 / '$(getconf CLK_TCK)'}' /proc/$pid/stat"));
    }

    private static String must(Machine machine, String line) throws IOException, InterruptedException {
        Outcome outcome = on(machine, line);
        if (outcome.code() != 0) {
            throw new AssertionError(line + ": " + outcome.text());
        }
        return outcome.text().strip();
    }

    private static Outcome on(Machine machine, String line) throws IOException, InterruptedException {
        return machine.run(LIMIT, "pid=$(cat " + machine.dir().resolve("server.pid") + "); " + line);
    }
}
