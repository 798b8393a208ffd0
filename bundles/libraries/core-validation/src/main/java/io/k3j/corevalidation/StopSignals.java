package io.k3j.corevalidation;

import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The signals by which a container may ask to be ended, as upstream's `validateStopSignal`. Pure.
final class StopSignals {
    private static final List<String> WINDOWS = List.of("SIGKILL", "SIGTERM");
    private static final List<String> LINUX = linux();

    private StopSignals() {
    }

    private static List<String> linux() {
        Stream<String> named = Stream.of("SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE",
                "SIGHUP", "SIGILL", "SIGINT", "SIGIO", "SIGIOT", "SIGKILL", "SIGPIPE", "SIGPOLL", "SIGPROF", "SIGPWR",
                "SIGQUIT", "SIGSEGV", "SIGSTKFLT", "SIGSTOP", "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP", "SIGTTIN",
                "SIGTTOU", "SIGURG", "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ", "SIGRTMIN",
                "SIGRTMAX");
        Stream<String> low = IntStream.rangeClosed(1, 15).mapToObj(i -> "SIGRTMIN+" + i);
        Stream<String> high = IntStream.rangeClosed(1, 14).mapToObj(i -> "SIGRTMAX-" + i);
        return Stream.of(named, low, high).flatMap(s -> s).sorted().toList();
    }

    /// @param spec the pod's: which signals there are depends on its system
    static void check(String signal, Struct spec, Problems p) {
        List<String> known = switch (spec.struct("os").text("name")) {
            case "windows" -> WINDOWS;
            case "linux" -> LINUX;
            default -> List.of();
        };
        if (!spec.has("os")) {
            p.forbidden("may not be set for containers with empty `spec.os.name`");
        } else if (!known.isEmpty() && !known.contains(signal)) {
            p.unsupported(signal, known);
        }
    }
}
