package io.k3j.admissioncore;

import io.k3j.admissionkit.LimitCheck;
import io.k3j.admissionkit.LimitDefaults;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Defaults and enforces the LimitRanges of a namespace. See
/// <https://kubernetes.io/docs/concepts/policy/limit-range/>.
@Component(service = Admission.class, property = "order:Integer=60")
public final class LimitRanger implements Admission {
    private static final String ANNOTATION = "kubernetes.io/limit-ranger";
    private final Listers listers;

    /// Reads LimitRanges from a view.
    @Activate
    public LimitRanger(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "LimitRanger";
    }

    @Override
    public boolean handles(Write write) {
        boolean claim = WriteAttributes.of(write, "", "persistentvolumeclaims") && write.subresource().isEmpty();
        return WriteAttributes.creates(write, "pods") || resizes(write)
                || claim && write.operation() != Operation.DELETE;
    }

    /// Of running pods only this changes what they may take.
    private static boolean resizes(Write write) {
        return WriteAttributes.of(write, "", "pods") && write.subresource().equals("resize")
                && write.operation() == Operation.UPDATE;
    }

    private static boolean going(Write write) {
        return write.before().filter(b -> b.struct("metadata").has("deletionTimestamp")).isPresent();
    }

    private List<Struct> limits(Write write) {
        List<Struct> all = new ArrayList<>();
        ranges(write).forEach(range -> all.addAll(range.spec().seq("limits").structs()));
        return all;
    }

    private List<Obj> ranges(Write write) {
        return listers.all(Listers.LIMITS, write.key().namespace()).stream().filter(range -> !range.terminating())
                .toList();
    }

    @Override
    public Struct admit(Write write, Struct object) {
        Struct o = object;
        boolean creates = WriteAttributes.creates(write, "pods");
        if (creates || resizes(write) && !going(write)) {
            List<String> set = new ArrayList<>();
            for (Struct limit : limits(write)) {
                o = limit.text("type").equals("Container") ? LimitDefaults.filled(o, limit, set) : o;
            }
            // a resize leaves metadata as it is
            if (creates && !set.isEmpty()) {
                o = o.withAt("LimitRanger plugin set: " + String.join("; ", set), "metadata", "annotations",
                        ANNOTATION);
            }
        }
        return o;
    }

    @Override
    public void validate(Write write, Struct object) {
        if (going(write)) {
            return;
        }
        for (Obj range : ranges(write)) {
            List<String> wrong = new ArrayList<>();
            for (Struct limit : range.spec().seq("limits").structs()) {
                new LimitCheck(limit, wrong).check(object, WriteAttributes.of(write, "", "pods"));
            }
            List<String> told = wrong.stream().distinct().toList();
            if (!told.isEmpty()) {
                String all = told.size() == 1 ? told.getFirst() : "[" + String.join(", ", told) + "]";
                throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), all);
            }
        }
    }
}
