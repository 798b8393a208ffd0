package io.k3j.kubeleteviction;

import io.k3j.apimachinery.GoDuration;
import io.k3j.apimachinery.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When pods are evicted: the kubelet's arguments `eviction-hard`, `eviction-soft`, `eviction-soft-grace-period`,
/// `eviction-minimum-reclaim`, `eviction-pressure-transition-period`, `eviction-max-pod-grace-period`, with K3s'
/// defaults and upstream's syntax. Pure.
public final class EvictionConfig {
    /// K3s' `--eviction-hard`.
    private static final String HARD = "imagefs.available<5%,nodefs.available<5%";
    /// Upstream's, for signals that nothing is said of where `mergeDefaultEvictionSettings` of a file is true.
    private static final String UPSTREAM = "memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,"
            + "imagefs.available<15%,imagefs.inodesFree<5%";
    /// K3s' `--eviction-minimum-reclaim`.
    private static final String RECLAIM = "imagefs.available=10%,nodefs.available=10%";
    private final List<Threshold> thresholds;
    private final Duration transition;
    private final Duration longestGrace;

    private EvictionConfig(List<Threshold> thresholds, Duration transition, Duration longestGrace) {
        this.thresholds = List.copyOf(thresholds);
        this.transition = transition;
        this.longestGrace = longestGrace;
    }

    /// Reads all arguments, of which these are taken.
    /// @throws IllegalArgumentException naming the argument, with upstream's sentence
    public static EvictionConfig of(Map<String, String> arguments) {
        Arguments given = new Arguments(arguments);
        List<Threshold> all = new ArrayList<>(given.hard());
        Map<EvictionSignal, Duration> graces = given.graces();
        Map<EvictionSignal, Amount> reclaims = given.reclaims();
        for (Threshold soft : given.thresholds("eviction-soft", "")) {
            Duration grace = graces.get(soft.signal());
            if (grace == null) {
                throw given.wrong("eviction-soft", "grace period must be specified for the soft eviction threshold "
                        + soft.signal().text());
            }
            all.add(new Threshold(soft.signal(), soft.value(), grace, null));
        }
        all.replaceAll(t -> new Threshold(t.signal(), t.value(), t.grace(), reclaims.get(t.signal())));
        all.removeIf(t -> t.signal().ofContainers());
        if (given.enforced()) {
            all.addAll(ofAllocatable(all));
        }
        return new EvictionConfig(all, given.duration("eviction-pressure-transition-period", "5m"),
                Duration.ofSeconds(given.whole("eviction-max-pod-grace-period")));
    }

    /// Where pods together are held to a limit of memory, as much has to be left below it as of the node's memory, so
    /// that one of them is evicted before the kernel ends one.
    private static List<Threshold> ofAllocatable(List<Threshold> thresholds) {
        return thresholds.stream().filter(t -> t.hard() && t.signal() == EvictionSignal.MEMORY)
                .map(t -> new Threshold(EvictionSignal.ALLOCATABLE_MEMORY, t.value(), t.grace(), t.reclaim())).toList();
    }

    /// What hard thresholds keep free, which pods are not promised: of `memory`, by `memory.available`, and of
    /// `ephemeral-storage`, by `nodefs.available`; nothing of others.
    /// @param capacity bytes
    public Quantity reservation(String resource, long capacity) {
        return thresholds.stream().filter(Threshold::hard)
                .filter(t -> t.signal() == EvictionSignal.MEMORY || t.signal() == EvictionSignal.NODE_FS)
                .filter(t -> t.signal().resource().equals(resource)).map(t -> t.value().of(capacity))
                .reduce(Quantity.ZERO, (_, last) -> last);
    }

    List<Threshold> thresholds() {
        return thresholds;
    }

    /// How long a condition stays after its threshold was met.
    Duration transition() {
        return transition;
    }

    /// How long a pod has at most to end when a soft threshold is met.
    Duration longestGrace() {
        return longestGrace;
    }

    private record Arguments(Map<String, String> values) {
        IllegalArgumentException wrong(String name, @Nullable String why) {
            return new IllegalArgumentException("--kubelet-arg " + name + "=" + values.getOrDefault(name, "") + ": "
                    + why);
        }

        private Map<String, String> pairs(String name, String otherwise, String sign) {
            Map<String, String> all = new LinkedHashMap<>();
            for (String pair : values.getOrDefault(name, otherwise).split(",")) {
                int at = pair.indexOf(sign);
                if (at < 0 && !pair.isBlank()) {
                    throw wrong(name, "malformed pair, expect string" + sign + "string");
                }
                if (at >= 0) {
                    all.put(pair.substring(0, at).strip(), pair.substring(at + 1).strip());
                }
            }
            return all;
        }

        private EvictionSignal signal(String text) {
            return EvictionSignal.of(text)
                    .orElseThrow(() -> new IllegalArgumentException("unsupported eviction signal " + text));
        }

        List<Threshold> hard() {
            String name = "eviction-hard";
            List<Threshold> all = new ArrayList<>(thresholds(name, HARD));
            if (values.getOrDefault("merge-default-eviction-settings", "false").equals("true")) {
                Set<String> said = pairs(name, HARD, "<").keySet();
                thresholds("", UPSTREAM).stream().filter(t -> !said.contains(t.signal().text())).forEach(all::add);
            }
            return all;
        }

        List<Threshold> thresholds(String name, String otherwise) {
            List<Threshold> all = new ArrayList<>();
            pairs(name, otherwise, "<").forEach((signal, value) -> {
                try {
                    threshold(signal(signal), value).ifPresent(all::add);
                } catch (IllegalArgumentException e) {
                    throw wrong(name, e.getMessage());
                }
            });
            return all;
        }

        private static Optional<Threshold> threshold(EvictionSignal signal, String value) {
            if (value.equals("0%") || value.equals("100%")) {
                return Optional.empty();
            }
            Amount amount = value.endsWith("%") ? Amount.percent(value) : Amount.quantity(value);
            if (amount.quantity() != null && amount.quantity().signum() <= 0) {
                throw new IllegalArgumentException("eviction threshold " + signal.text() + " must be positive: "
                        + amount.quantity());
            }
            if (amount.part() < 0 || amount.part() > 1) {
                throw new IllegalArgumentException("eviction percentage threshold " + signal.text() + " must be "
                        + (amount.part() < 0 ? ">= 0%: " : "<= 100%: ") + value);
            }
            return Optional.of(new Threshold(signal, amount, Duration.ZERO, null));
        }

        /// Whether pods are held to what the node has for them.
        boolean enforced() {
            return List.of(values.getOrDefault("enforce-node-allocatable", "pods").split(",")).contains("pods");
        }

        Map<EvictionSignal, Duration> graces() {
            String name = "eviction-soft-grace-period";
            Map<EvictionSignal, Duration> all = new LinkedHashMap<>();
            pairs(name, "", "=").forEach((signal, value) -> {
                try {
                    Duration grace = GoDuration.parse(value);
                    if (grace.isNegative()) {
                        throw new IllegalArgumentException("invalid eviction grace period specified: " + value
                                + ", must be a positive value");
                    }
                    all.put(signal(signal), grace);
                } catch (IllegalArgumentException e) {
                    throw wrong(name, e.getMessage());
                }
            });
            return all;
        }

        Map<EvictionSignal, Amount> reclaims() {
            String name = "eviction-minimum-reclaim";
            Map<EvictionSignal, Amount> all = new LinkedHashMap<>();
            pairs(name, RECLAIM, "=").forEach((signal, value) -> {
                try {
                    all.put(signal(signal), reclaim(signal, value));
                } catch (IllegalArgumentException e) {
                    throw wrong(name, e.getMessage());
                }
            });
            return all;
        }

        private static Amount reclaim(String signal, String value) {
            Amount amount = value.endsWith("%") ? Amount.percent(value) : Amount.quantity(value);
            if (amount.quantity() == null && amount.part() <= 0) {
                throw new IllegalArgumentException("eviction percentage minimum reclaim " + signal
                        + " must be positive: " + value);
            }
            if (amount.quantity() != null && amount.quantity().signum() < 0) {
                throw new IllegalArgumentException("negative eviction minimum reclaim specified for " + signal);
            }
            return amount;
        }

        Duration duration(String name, String otherwise) {
            try {
                return GoDuration.parse(values.getOrDefault(name, otherwise));
            } catch (IllegalArgumentException e) {
                throw wrong(name, e.getMessage());
            }
        }

        long whole(String name) {
            try {
                return Integer.parseInt(values.getOrDefault(name, "0"));
            } catch (NumberFormatException e) {
                throw wrong(name, "not a whole number of seconds");
            }
        }
    }
}
