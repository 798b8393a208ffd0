package io.k3j.testkitmachine;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the carriers of virtual threads do, out of an answer of `jcmd PID Thread.print`.
final class Carried {
    private static final int MOST_LINES = 120;
    private static final String CARRIER = "\"ForkJoinPool-1-worker";
    private static final String MOUNTED = "   Mounted virtual thread";
    private static final String DEADLOCK = "Found one Java-level deadlock";

    private Carried() {
    }

    /// The blocks of the carriers, then deadlocks if any were found; each of the two cut to 120 lines. The answer as it
    /// is, cut too, when it names no carrier: then it may say why.
    static String of(String print) {
        List<String> blocks = Stream.of(print.split("\n\n")).filter(block -> block.startsWith(CARRIER)).toList();
        String carriers = blocks.stream().map(Carried::withoutItsOwn).collect(Collectors.joining("\n\n"));
        int deadlock = print.indexOf(DEADLOCK);
        return cut(blocks.isEmpty() ? print : carriers) + (deadlock < 0 ? "" : "\n" + cut(print.substring(deadlock)));
    }

    /// A carrier's own frames are the same for all; below them is what it carries.
    private static String withoutItsOwn(String block) {
        int mounted = block.indexOf(MOUNTED);
        return mounted < 0 ? block : block.lines().findFirst().orElseThrow() + "\n" + block.substring(mounted);
    }

    private static String cut(String text) {
        return text.lines().limit(MOST_LINES).collect(Collectors.joining("\n"));
    }
}
