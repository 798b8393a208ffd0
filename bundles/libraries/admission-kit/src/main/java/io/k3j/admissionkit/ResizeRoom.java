package io.k3j.admissionkit;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a node could ever have room for what a running pod is resized to: upstream's plug-in `PodResizeValidator`.
/// What other pods have does not matter, since they may go. Pure.
///
/// @param cause the word for machines of why it could not
/// @param message upstream's words
public record ResizeRoom(String cause, String message) {
    private static final ContainerAggregate<Quantity> SUM = new ContainerAggregate<>(Quantity.ZERO, Quantity::add,
            (a, b) -> a.compareTo(b) >= 0 ? a : b);

    /// Why it could not; empty when it could.
    ///
    /// @param podSpec with what is asked for
    public static Optional<ResizeRoom> problem(Struct podSpec, Obj node) {
        String system = node.labels().getOrDefault("kubernetes.io/os", "linux");
        if (!system.equals("linux")) {
            return Optional.of(new ResizeRoom("UnsupportedPlatform",
                    "pod resize is only supported on linux nodes, node \""
                            + node.name() + "\" is \"" + system + "\""));
        }
        Struct allocatable = node.status().struct("allocatable");
        Quantity cpu = requests(podSpec, "cpu");
        Quantity memory = requests(podSpec, "memory");
        Quantity cpus = amount(allocatable, "cpu");
        Quantity bytes = amount(allocatable, "memory");
        List<String> missing = new ArrayList<>();
        if (cpu.compareTo(cpus) > 0) {
            missing.add("cpu, requested: " + cpu.milliValue() + ", allocatable: " + cpus.milliValue());
        }
        if (memory.compareTo(bytes) > 0) {
            missing.add("memory, requested: " + memory.value() + ", allocatable: " + bytes.value());
        }
        return missing.isEmpty() ? Optional.empty()
                : Optional.of(new ResizeRoom("NodeCapacity",
                        "node didn't have enough allocatable resources: " + String.join("; ", missing)));
    }

    /// What the pod says for itself as a whole wins over what its containers say; overhead is beside both.
    private static Quantity requests(Struct podSpec, String name) {
        Struct whole = podSpec.struct("resources").struct("requests");
        Quantity sum = whole.has(name) ? amount(whole, name)
                : SUM.of(podSpec, c -> amount(c.struct("resources").struct("requests"), name));
        return sum.add(amount(podSpec.struct("overhead"), name));
    }

    private static Quantity amount(Struct amounts, String name) {
        return amounts.has(name) ? Quantity.of(amounts.get(name)) : Quantity.ZERO;
    }
}
