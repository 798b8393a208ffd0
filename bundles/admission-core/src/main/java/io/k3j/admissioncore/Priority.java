package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Gives pods the number of their priority class. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>.
@Component(service = Admission.class, property = "order:Integer=140")
public final class Priority implements Admission {
    private final World world;

    /// Looks at priority classes.
    @Activate
    public Priority(@Reference World world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "Priority";
    }

    @Override
    public boolean handles(Write write) {
        boolean priority = Writes.of(write, "scheduling.k8s.io", "priorityclasses");
        return Writes.creates(write, "pods")
                || priority && (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE);
    }

    @Override
    public Struct admit(Write write, Struct object) {
        if (!Writes.of(write, "", "pods")) {
            return object;
        }
        Struct spec = object.struct("spec");
        Optional<Obj> chosen = chosen(write, spec.text("priorityClassName"));
        long value = chosen.map(c -> c.tree().whole("value", 0)).orElse(0L);
        String preemption = chosen.map(c -> c.tree().text("preemptionPolicy", "PreemptLowerPriority"))
                .orElse("PreemptLowerPriority");
        if (spec.has("priority") && spec.whole("priority", 0) != value) {
            throw ApiFault.forbidden(World.PODS, write.key().name(), "the integer value of priority ("
                    + spec.whole("priority", 0) + ") must not be provided in pod spec; priority admission controller"
                    + " computed " + value + " from the given PriorityClass name");
        }
        if (spec.has("preemptionPolicy") && !spec.text("preemptionPolicy").equals(preemption)) {
            throw ApiFault.forbidden(World.PODS, write.key().name(), "the string value of PreemptionPolicy ("
                    + spec.text("preemptionPolicy")
                    + ") must not be provided in pod spec; priority admission controller"
                    + " computed " + preemption + " from the given PriorityClass name");
        }
        Struct named = chosen.map(c -> spec.with("priorityClassName", c.name())).orElse(spec);
        return object.with("spec", named.with("priority", value).with("preemptionPolicy", preemption));
    }

    private Optional<Obj> chosen(Write write, String name) {
        if (name.isEmpty()) {
            return world.all(World.PRIORITIES).stream().filter(c -> c.tree().flag("globalDefault"))
                    .min(Comparator.comparingLong(c -> c.tree().whole("value", 0)));
        }
        Optional<Obj> found = world.find(World.PRIORITIES, "", name);
        if (found.isEmpty()) {
            throw ApiFault.forbidden(World.PODS, write.key().name(),
                    "no PriorityClass with name " + name + " was found");
        }
        return found;
    }

    @Override
    public void validate(Write write, Struct object) {
        if (Writes.of(write, "", "pods") || !object.flag("globalDefault")) {
            return;
        }
        for (Obj other : world.all(World.PRIORITIES)) {
            if (other.tree().flag("globalDefault") && !other.name().equals(write.key().name())) {
                throw ApiFault.forbidden(World.PRIORITIES, write.key().name(), "PriorityClass " + other.name()
                        + " is already marked as default. Only one default can exist");
            }
        }
    }
}
