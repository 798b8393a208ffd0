package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.controllerkit.Times;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What pods use: themselves and what their containers ask for. Finished ones, and those that should have been gone
/// long ago, use nothing but their place in the store (`count/pods`).
record PodEvaluator() implements Evaluator {
    private static final String COUNT = "count/pods";
    private static final String REQUESTS = "requests.";
    private static final String HUGE_PAGES = "hugepages-";
    private static final Set<String> NAMES = Set.of(COUNT, "pods", "cpu", "memory", "ephemeral-storage",
            "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage");
    /// What every container must name when a quota does; upstream regrets it and adds no more.
    private static final Set<String> DEMANDED = Set.of("cpu", "memory", "requests.cpu", "requests.memory",
            "limits.cpu", "limits.memory");

    /// New pods, those that are resized, and those that a deadline moves into the scope of other quotas.
    @Override
    public boolean handles(Write write, Struct object) {
        return switch (write.subresource()) {
            case "" -> write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE
                    && write.before().filter(b -> PodScopes.terminating(b) != PodScopes.terminating(object))
                            .isPresent();
            case "resize" -> write.operation() == Operation.UPDATE;
            default -> false;
        };
    }

    @Override
    public boolean counts(String name) {
        return NAMES.contains(name) || name.startsWith(HUGE_PAGES) || name.startsWith(REQUESTS + HUGE_PAGES)
                || name.startsWith(REQUESTS) && PodUsage.extended(name);
    }

    @Override
    public ResourceList usage(Struct pod, Instant now) {
        ResourceList stored = ResourceList.of(COUNT, Quantity.of(1));
        boolean charged = !finished(pod) && expiry(pod).filter(now::isAfter).isEmpty();
        return charged ? stored.plus(computed(PodUsage.requests(pod), PodUsage.limits(pod))) : stored;
    }

    private static boolean finished(Struct pod) {
        String phase = pod.struct("status").text("phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /// The deletion's time and the grace period once more: then its node is lost and it holds up nobody any longer.
    @Override
    public Optional<Instant> expiry(Struct pod) {
        Struct metadata = pod.struct("metadata");
        return metadata.has("deletionGracePeriodSeconds") ? Times.parse(metadata.text("deletionTimestamp"))
                .map(t -> t.plusSeconds(metadata.whole("deletionGracePeriodSeconds", 0))) : Optional.empty();
    }

    /// Requests and limits under the names that quotas have for them.
    private static ResourceList computed(ResourceList requests, ResourceList limits) {
        Map<String, Quantity> used = new TreeMap<>(Map.of("pods", Quantity.of(1)));
        requests.amounts().forEach((name, amount) -> {
            boolean standard = PodUsage.STANDARD.contains(name) || name.startsWith(HUGE_PAGES);
            if (standard) {
                used.put(name, amount);
            }
            if (standard || PodUsage.extended(name)) {
                used.put(REQUESTS + name, amount);
            }
        });
        limits.only(PodUsage.STANDARD::contains).amounts()
                .forEach((name, amount) -> used.put("limits." + name, amount));
        return new ResourceList(used);
    }

    @Override
    public boolean inScope(ScopeRequirement scope, Struct pod) {
        return PodScopes.matches(scope, pod);
    }

    @Override
    public String missing(Set<String> names, Struct pod) {
        Set<String> demanded = names.stream().filter(DEMANDED::contains).collect(Collectors.toSet());
        Struct spec = pod.struct("spec");
        if (demanded.isEmpty() || PodUsage.saysAsAWhole(spec)) {
            return "";
        }
        Map<String, Set<String>> missing = new TreeMap<>();
        for (String list : Set.of("containers", "initContainers")) {
            spec.seq(list).structs().forEach(c -> missing(demanded, c, missing));
        }
        return missing.entrySet().stream().map(e -> e.getKey() + " for: " + String.join(",", e.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static void missing(Set<String> demanded, Struct container, Map<String, Set<String>> missing) {
        Struct resources = container.struct("resources");
        ResourceList said = computed(ResourceList.of(resources.struct("requests")),
                ResourceList.of(resources.struct("limits")));
        demanded.stream().filter(d -> !said.has(d))
                .forEach(d -> missing.computeIfAbsent(d, n -> new TreeSet<>()).add(container.text("name")));
    }
}
