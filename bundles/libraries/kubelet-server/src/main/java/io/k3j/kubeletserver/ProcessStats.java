package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A system container that is one process; see proc_pid_stat(5). Upstream tells its control group instead, which for
/// K3s holds kubelet and runtime together. Any thread; reads short files at each call.
final class ProcessStats {
    /// `/proc` counts in ticks of `USER_HZ`, 100 a second on amd64 and arm64.
    static final long TICK_NANOS = CpuRates.NANOS / 100;
    /// Bytes of a page in `/proc/self/statm`: 4 KiB on amd64, and on arm64 as Debian builds it.
    private static final long PAGE = 4096;
    private final UnaryOperator<String> text;
    private final CpuRates rates;

    /// @param text of a file, empty when it cannot be read
    ProcessStats(UnaryOperator<String> text, CpuRates rates) {
        this.text = text;
        this.rates = rates;
    }

    /// @param name of the system container
    /// @param process `self` or a number
    /// @param booted when the host started
    /// @return empty when there is no such process
    Optional<Struct> of(String name, String process, Instant now, Instant booted) {
        String stat = text.apply("/proc/" + process + "/stat");
        if (stat.isEmpty()) {
            return Optional.empty();
        }
        // the name of the process is in brackets and may hold blanks; what follows begins with the third word
        List<String> words = List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" +"));
        long cpu = (word(words, 14) + word(words, 15)) * TICK_NANOS;
        List<String> pages = List.of(text.apply("/proc/" + process + "/statm").strip().split(" +"));
        long resident = pages.size() > 2 ? Long.parseLong(pages.get(1)) * PAGE : 0;
        long shared = pages.size() > 2 ? Long.parseLong(pages.get(2)) * PAGE : 0;
        String at = Times.seconds(now);
        return Optional.of(Struct.of("name", name, "startTime",
                Times.seconds(booted.plusNanos(word(words, 22) * TICK_NANOS)), "cpu",
                Struct.of("time", at, "usageNanoCores", rates.rate("/" + name, now, cpu), "usageCoreNanoSeconds", cpu),
                "memory", Struct.of("time", at, "usageBytes", resident, "workingSetBytes", resident, "rssBytes",
                        resident - shared, "pageFaults", word(words, 10), "majorPageFaults", word(words, 12))));
    }

    /// @param number as the manual counts, from 1
    private static long word(List<String> fromThird, int number) {
        return fromThird.size() > number - 3 ? Long.parseLong(fromThird.get(number - 3)) : 0;
    }
}
