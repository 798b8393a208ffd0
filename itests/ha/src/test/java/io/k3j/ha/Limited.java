package io.k3j.ha;

import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// A service of a machine that is started again five seconds after its end, as systemd does, in a control group of its
/// own whose memory can be limited.
record Limited(Host host) {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String GROUP = "/sys/fs/cgroup/memory/limited";
    private static final int MORE = 48;
    private static final String LOOP = """
            mkdir -p %s
            while :; do
                ( echo $BASHPID > %s/cgroup.procs; export K3S_JAVA_OPTIONS=$(cat %s); %s )
                sleep 5
            done""";

    /// Why this cannot be done here; empty when it can.
    static String obstacle() {
        return Files.exists(Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes")) ? "" : "needs control groups v1";
    }

    /// Starts what a page says. The heap of the first start is larger than the limit will be.
    void start(Page page, String variant) throws IOException {
        Files.writeString(options(), "-Xms1g");
        List<Page.Block> blocks = page.blocks(host.name(), variant);
        String command = blocks.stream().filter(b -> b.action().equals("start")).map(Page.Block::text)
                .collect(Collectors.joining());
        host.start(LOOP.formatted(GROUP, GROUP, options(), command.strip()));
    }

    /// A file with options for Java, read at each start.
    private Path options() {
        return host.machine().dir().resolve("java-options");
    }

    /// From now on it may have little more than it has.
    void tighten() throws IOException, InterruptedException {
        Files.writeString(options(), "");
        host.must("rss=$(awk '$1 == \"total_rss\" {print $2}' " + GROUP + "/memory.stat); echo $((rss + " + MORE
                + " * 1048576)) > " + GROUP + "/memory.limit_in_bytes; cat " + GROUP + "/memory.limit_in_bytes");
    }

    /// Waits until the kernel has killed it, and lets the next one have more.
    void killed() throws IOException, InterruptedException {
        Waiting.until("kill for want of memory", LIMIT,
                () -> host.run("grep '^oom_kill [1-9]' " + GROUP + "/memory.oom_control").code() == 0, host::story);
        host.must("echo 2G > " + GROUP + "/memory.limit_in_bytes");
    }
}
