package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests say nothing about how fast the machine is, take no core from what they wait for, and never fail because
/// something goes while they clear up; `docs/rules/testing.md`. What is stopped writes no more: whoever interrupts a
/// thread waits for its end, within a limit.
class WaitingRulesTest {
    private static final long LEAST_SECONDS = 30;
    private static final Pattern BOUND = Pattern.compile("nanoTime\\(\\)[^;]*?isLess\\w+\\("
            + "(?:Duration\\.of(Millis|Seconds|Minutes)\\(([0-9_]+)\\)|([0-9_]+)L?\\))");
    private static final Map<String, Long> PER_SECOND = Map.of("Millis", 1_000L, "Seconds", 1L);
    private static final Pattern CLEARS = Pattern.compile("Files\\.walk\\([\\s\\S]*?Files(?:::|\\.)delete");
    /// Their deletion is the assertion: who still writes there after the end is the failure they look for.
    private static final List<Path> LOOKING = List.of(Path.of("featuresitest", "Scene.java"),
            Path.of("killpoints", "Home.java"));

    private static final Pattern STOPS = Pattern.compile("(\\w+)\\.(?:interrupt|shutdownNow)\\(\\)"
            + "|(\\w+)\\.forEach\\(\\w+::(?:interrupt|shutdownNow)\\)");
    private static final Pattern LOOP = Pattern.compile("\\bSupervisedLoop>? (\\w+)(?: =|[;,)])");
    private static final Pattern ENDLESS = Pattern.compile("\\.(?:join|awaitTermination)\\(Long\\.MAX_VALUE"
            + "|\\w*[()]*\\.join\\(\\)");
    /// Who interrupts and does not wait, and why nothing is written by it after a stop.
    private static final Map<String, String> UNAWAITED = Map.of("Streams.java: up.interrupt()",
            "copies for one request, whose connections are closed with it",
            "SlowStart.java: threads.forEach(Thread::interrupt)", "each is joined by who interrupts it",
            "WatchHub.java: behind.forEach(Thread::interrupt)", "each writes to one client only, which is let go",
            "ControllerRunner.java: idle.forEach(SupervisedLoop::interrupt)", "each is awaited as one of all threads",
            "HealthWatches.java: thread.interrupt()", "what it still hears of a driver is forgotten; it writes nothing",
            "ActivationWatch.java: thread.interrupt()",
            "a plug-in's component, whose end that thread itself goes on with",
            "Bounded.java: thread.interrupt()", "code of a bundle that did not come back in time; it is left",
            "PluginCalls.java: thread.interrupt()", "code of a plug-in that did not come back in time; it is left",
            "LeftThreads.java: alive.forEach(Thread::interrupt)", "a plug-in's own, looked at until they have ended",
            "ShellSessions.java: thread.interrupt()", "writes to one client only, which is let go; who stops the shell"
                    + " would wait for one that gives it back");
    /// Whose loops are closed and not awaited, and why nothing is written by them that does harm after a stop.
    private static final Map<String, String> LEFT = Map.ofEntries(
            Map.entry("LocalView.java: loop.close()", "a call of its listener is awaited, and no other begins"),
            Map.entry("RemoteView.java: loop.close()", "a call of its listener is awaited, and no other begins"),
            Map.entry("RunningTime.java: loop.close()", "counts in memory"),
            Map.entry("LoadBalancer.java: accepting.close()", "its socket is closed with it"),
            Map.entry("LoadBalancer.java: checking.close()", "looks whether servers answer"),
            Map.entry("Listeners.java: loops.forEach(SupervisedLoop::close)", "its sockets are closed with it"),
            Map.entry("TcpConnections.java: watcher.close()", "closes connections"),
            Map.entry("ConsoleSocket.java: accepting.close()", "its socket is closed with it"),
            Map.entry("HttpPort.java: loop.close()", "its socket is closed with it"),
            Map.entry("Listener.java: loop.close()", "its connection is aborted with it, and it only reads"),
            Map.entry("FlowControl.java: loops.forEach(SupervisedLoop::close)", "classifies in memory"),
            Map.entry("FlowControlKeeper.java: loop.close()", "writes what its successor does, unless it has changed"),
            Map.entry("Compactor.java: loop.close()", "a compaction does nothing where another one has been"),
            Map.entry("Peers.java: loops.forEach(SupervisedLoop::close)",
                    "deletes records as they were seen, or not at all, and writes what its successor does"),
            Map.entry("IdentityLease.java: loop.close()", "writes what its successor does, unless it has changed"),
            Map.entry("LegacyTokenTracking.java: loop.close()", "writes a day that its successor would, too"),
            Map.entry("BootstrapPolicy.java: loop.close()", "writes what its successor does, unless it has changed"),
            Map.entry("Aggregation.java: loop.close()", "writes what its successor does, unless it has changed"),
            Map.entry("RecordWatch.java: loop.close()", "takes over from the datastore what its successor does"),
            Map.entry("EtcdMember.java: loops.forEach(SupervisedLoop::close)", "the parts are closed one by one"));
    /// Who waits without a limit, and why it must or nothing that stops does.
    private static final Map<String, String> ENDLESSLY = Map.ofEntries(
            Map.entry("Checkpointer.java: .join(Long.MAX_VALUE",
                    "a connection that is closed below SQLite's native code ends the process"),
            Map.entry("DurableFiles.java: done.join()", "a sync of a file has no limit and is not cut short"),
            Map.entry("Conversions.java: one.join()", "for calls of a webhook, which have limits"),
            Map.entry("Mounts.java: thread).join()", "a mount is not cut short"),
            Map.entry("StallingBody.java: closing.join()", "is complete when it is reached"),
            Map.entry("GrpcConnection.java: frames.join()", "has a limit of its own"),
            Map.entry("GrpcServerConnection.java: frames.join()", "has a limit of its own"),
            Map.entry("ClusterBootstrap.java: joining().join()", "joins a cluster"),
            Map.entry("RemoteCommand.java: t.join()", "of one request, and is interrupted"),
            Map.entry("TunnelRelay.java: out.join()", "of one connection, and is interrupted"),
            Map.entry("AuditWriter.java: written.join()",
                    "by a request, for its line, which the writer answers for at its end, too"),
            Map.entry("WebhookSender.java: post.join()",
                    "by a request or a queue, for a post, which has limits and is cut short at the end"),
            Map.entry("SwitchedProtocols.java: up.join()", "of one request, whose connections are closed with it"),
            Map.entry("SlowStart.java: thread.join()", "for calls of the API, which have limits"),
            Map.entry("ClaimCalls.java: thread.join()", "for calls of the datastore, which have limits"),
            Map.entry("LeaderCallbacks.java: previous.join()", "for the term before, by a thread of its own"));

    private record Source(Path path, String text) {
        /// By the same name in the same file: a limited wait for one that was interrupted, or for each of many.
        boolean awaits(String stopped) {
            return Pattern.compile("\\b" + stopped + "\\.(?:stop|join|awaitTermination)\\(\\w"
                    + "|Termination\\.of\\(" + stopped + "\\b"
                    + "|\\b" + stopped + "\\.forEach\\(\\w+ -> \\w+\\.stop\\(").matcher(text).find();
        }

        /// What a group of a pattern says, each once.
        Set<String> found(Pattern pattern, int group) {
            Set<String> all = new TreeSet<>();
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                all.add(matcher.group(group));
            }
            return all;
        }

        /// The same after the name of the file.
        List<String> told(Pattern pattern) {
            return found(pattern, 0).stream().map(match -> path.getFileName() + ": " + match).toList();
        }

        /// The client's threads are the JDK's and write nothing of ours.
        boolean isHttpClient(String stopped) {
            return Pattern.compile("\\bHttpClient " + stopped + "\\b").matcher(text).find();
        }

        /// A suite of its own machine, or with a clock of its own.
        boolean measures() {
            return text.contains("@Tag(\"full\")") || text.contains("ManualClock")
                    || path.toString().contains("/bench/");
        }
    }

    @Test
    void noBoundOfWallTimeIsShort() throws IOException {
        List<String> found = new ArrayList<>();
        for (Source source : tests()) {
            Matcher bound = BOUND.matcher(source.text);
            while (!source.measures() && bound.find()) {
                if (seconds(bound) < LEAST_SECONDS) {
                    found.add(source.path + ": " + bound.group().replaceAll("\\s+", " "));
                }
            }
        }
        assertThat(found).as("wait on a condition; a promised bound is a scripted clock's, or the long suites'")
                .isEmpty();
    }

    private static long seconds(Matcher bound) {
        if (bound.group(3) != null) {
            return Long.parseLong(bound.group(3).replace("_", "")) / 1_000_000_000L;
        }
        long number = Long.parseLong(bound.group(2).replace("_", ""));
        return bound.group(1).equals("Minutes") ? 60 * number : number / PER_SECOND.get(bound.group(1));
    }

    @Test
    void noWaitSpins() throws IOException {
        assertThat(tests().stream().filter(s -> s.text.contains("Thread.onSpinWait()")).map(Source::path))
                .as("the loop takes a core from what it waits for").isEmpty();
    }

    @Test
    void whatTestsMadeIsDeletedByTheKit() throws IOException {
        assertThat(tests().stream().filter(s -> !s.measures() && LOOKING.stream().noneMatch(s.path::endsWith))
                .filter(s -> Stream.of(s.text.split("\n    }")).anyMatch(method -> CLEARS.matcher(method).find()))
                .map(Source::path))
                .as("Deletion of testkit-base: what goes meanwhile is no failure").isEmpty();
    }

    @Test
    void whoInterruptsAThreadWaitsForItsEnd() throws IOException {
        List<String> found = new ArrayList<>();
        for (Source source : shipped()) {
            Matcher stop = STOPS.matcher(source.text);
            while (stop.find()) {
                String stopped = stop.group(1) == null ? stop.group(2) : stop.group(1);
                if (!source.awaits(stopped) && !source.isHttpClient(stopped)) {
                    found.add(source.path.getFileName() + ": " + stop.group());
                }
            }
        }
        assertThat(found).as("SupervisedLoop.stop or Termination.of of component-base; or say in this test why not")
                .allMatch(UNAWAITED::containsKey);
    }

    @Test
    void whoClosesALoopWaitsForItsEnd() throws IOException {
        List<String> found = new ArrayList<>();
        for (Source source : shipped()) {
            for (String loop : source.found(LOOP, 1)) {
                if (!source.awaits(loop)) {
                    found.addAll(source.told(Pattern.compile("\\b" + loop
                            + "\\.(?:close\\(\\)|forEach\\(SupervisedLoop::close\\))")));
                }
            }
        }
        assertThat(found).as("SupervisedLoop.stop; or say in this test why not").allMatch(LEFT::containsKey);
    }

    @Test
    void noStopWaitsWithoutALimit() throws IOException {
        List<String> found = new ArrayList<>();
        for (Source source : shipped()) {
            found.addAll(source.told(ENDLESS));
        }
        assertThat(found).as("a stop must end whatever its threads wait for; or say in this test why not")
                .allMatch(ENDLESSLY::containsKey);
    }

    private static List<Source> shipped() throws IOException {
        List<Source> all = new ArrayList<>();
        for (String kind : List.of("libraries", "providers")) {
            for (Path room : Tree.rooms(kind).values()) {
                for (Path file : Tree.sources(room)) {
                    all.add(new Source(file, Files.readString(file)));
                }
            }
        }
        return all;
    }

    private static List<Source> tests() throws IOException {
        List<Source> all = new ArrayList<>();
        for (String part : List.of("bundles", "itests")) {
            for (Path file : Tree.java(part)) {
                if ((part.equals("itests") || file.toString().contains("/src/test/"))
                        && !file.endsWith("WaitingRulesTest.java")) {
                    all.add(new Source(file, Files.readString(file)));
                }
            }
        }
        return all;
    }
}
