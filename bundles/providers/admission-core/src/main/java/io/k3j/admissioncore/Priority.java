package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Resolves the priority class of a pod to its integer value and preemption policy. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>.
@Component(service = Admission.class, property = "order:Integer=140")
public final class Priority implements Admission {
    private final Listers listers;

    /// Reads PriorityClasses from a view.
    @Activate
    public Priority(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "Priority";
    }

    @Override
    public boolean handles(Write write) {
        boolean priority = WriteAttributes.of(write, "scheduling.k8s.io", "priorityclasses");
        return WriteAttributes.creates(write, "pods") || changesPod(write)
                || priority && (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE);
    }

    private static boolean changesPod(Write write) {
        return write.operation() == Operation.UPDATE && WriteAttributes.of(write, "", "pods")
                && write.subresource().isEmpty();
    }

    @Override
    public Struct admit(Write write, Struct object) {
        if (!WriteAttributes.of(write, "", "pods")) {
            return object;
        }
        return changesPod(write) ? kept(write.before().orElse(Struct.EMPTY).struct("spec"), object)
                : resolved(write, object);
    }

    /// Who sends a pod as he has written it leaves out what was set when it was made.
    private static Struct kept(Struct before, Struct pod) {
        Struct spec = pod.struct("spec");
        for (String field : List.of("priority", "preemptionPolicy")) {
            spec = !spec.has(field) && before.has(field) ? spec.with(field, before.get(field)) : spec;
        }
        return spec.equals(pod.struct("spec")) ? pod : pod.with("spec", spec);
    }

    private Struct resolved(Write write, Struct object) {
        Struct spec = object.struct("spec");
        Optional<Obj> chosen = priorityClass(write, spec.text("priorityClassName"));
        long value = chosen.map(c -> c.tree().whole("value", 0)).orElse(0L);
        String preemption = chosen.map(c -> c.tree().text("preemptionPolicy", "PreemptLowerPriority"))
                .orElse("PreemptLowerPriority");
        if (spec.has("priority") && spec.whole("priority", 0) != value) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(), "the integer value of priority ("
                    + spec.whole("priority", 0) + ") must not be provided in pod spec; priority admission controller"
                    + " computed " + value + " from the given PriorityClass name");
        }
        if (spec.has("preemptionPolicy") && !spec.text("preemptionPolicy").equals(preemption)) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(), "the string value of PreemptionPolicy ("
                    + spec.text("preemptionPolicy")
                    + ") must not be provided in pod spec; priority admission controller"
                    + " computed " + preemption + " from the given PriorityClass name");
        }
        Struct named = chosen.map(c -> spec.with("priorityClassName", c.name())).orElse(spec);
        return object.with("spec", named.with("priority", value).with("preemptionPolicy", preemption));
    }

    private Optional<Obj> priorityClass(Write write, String name) {
        if (name.isEmpty()) {
            return listers.all(Listers.PRIORITIES).stream().filter(c -> c.tree().flag("globalDefault"))
                    .min(Comparator.comparingLong(c -> c.tree().whole("value", 0)));
        }
        Optional<Obj> found = listers.find(Listers.PRIORITIES, "", name);
        if (found.isEmpty()) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                    "no PriorityClass with name " + name + " was found");
        }
        return found;
    }

    @Override
    public void validate(Write write, Struct object) {
        if (WriteAttributes.of(write, "", "pods") || !object.flag("globalDefault")) {
            return;
        }
        for (Obj other : listers.all(Listers.PRIORITIES)) {
            if (other.tree().flag("globalDefault") && !other.name().equals(write.key().name())) {
                throw ApiFault.forbidden(Listers.PRIORITIES, write.key().name(), "PriorityClass " + other.name()
                        + " is already marked as default. Only one default can exist");
            }
        }
    }
}
