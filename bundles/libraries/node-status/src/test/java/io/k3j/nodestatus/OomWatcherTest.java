package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel's log says of a machine without memory.
class OomWatcherTest {
    private final List<String> told = new ArrayList<>();
    private final OomWatcher watcher = new OomWatcher(Path.of("/absent"), 1_000, told::add);

    private void say(long at, String... messages) {
        for (String message : messages) {
            watcher.take("6,1," + at + ",-;" + message + "\n SUBSYSTEM=memory\n");
        }
    }

    @Test
    void aVictimOfTheWholeMachineIsTold() {
        say(2_000, "java invoked oom-killer: gfp_mask=0x1, order=0, oom_score_adj=0", "Mem-Info:",
                "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,"
                        + "task=big (job),pid=1234,uid=0",
                "Out of memory: Killed process 1234 (big (job)) total-vm:1kB, anon-rss:1kB");
        assertThat(told).containsExactly("System OOM encountered, victim process: big (job), pid: 1234");
        say(2_000, "Killed process 5 (without a report)");
        assertThat(told).hasSize(1);
    }

    @Test
    void oneOfAControlGroupIsNot() {
        say(2_000, "sh invoked oom-killer: gfp_mask=0x1, order=0, oom_score_adj=0",
                "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,oom_memcg=/kubepods/x,"
                        + "task_memcg=/kubepods/x/y,task=sh,pid=9,uid=0",
                "Memory cgroup out of memory: Killed process 9 (sh) total-vm:1kB");
        say(2_000, "sh invoked oom-killer: gfp_mask=0x1", "Task in /a killed as a result of limit of /b",
                "Killed process 9 (sh) total-vm:1kB");
        assertThat(told).isEmpty();
    }

    @Test
    void whatIsOlderWasToldBefore() {
        say(999, "java invoked oom-killer: gfp_mask=0x1", "Out of memory: Killed process 7 (old) total-vm:1kB");
        assertThat(told).isEmpty();
        assertThat(OomWatcher.uptime("12.50 40.00\n")).isEqualTo(12_500_000);
        assertThat(OomWatcher.uptime("")).isZero();
    }

    @Test
    void whatIsNoRecordIsLeftOut() {
        watcher.take("");
        watcher.take("6,1,x,-;java invoked oom-killer: y");
        watcher.take("no record");
        say(2_000, "Killed process 7 (none");
        assertThat(told).isEmpty();
    }

    @Test
    void aLogIsReadToItsEnd(@TempDir Path directory) throws IOException {
        Path log = Files.writeString(directory.resolve("kmsg"), "6,1,5,-;java invoked oom-killer: x\n");
        new OomWatcher(log, 0, told::add).run(new CountDownLatch(1));
        new OomWatcher(directory.resolve("absent"), 0, told::add).run(new CountDownLatch(1));
        assertThat(told).isEmpty();
    }
}
