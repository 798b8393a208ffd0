package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Refuses devices with admin access outside of namespaces that are labelled for it, as upstream's strategies of
/// ResourceClaims and ResourceClaimTemplates. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#admin-access>.
@Component(service = Admission.class, property = "order:Integer=326")
public final class DeviceAdminAccess implements Admission {
    private static final String LABEL = "resource.kubernetes.io/admin-access";
    private static final String ADMIN = "adminAccess";
    private static final String GROUP = "resource.k8s.io";
    private static final String WHY = "admin access to devices requires the `" + LABEL
            + ": true` label on the containing namespace";
    private final Listers listers;

    /// Reads namespaces from a view.
    @Activate
    public DeviceAdminAccess(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "DeviceAdminAccess";
    }

    @Override
    public boolean handles(Write write) {
        boolean spec = write.operation() == Operation.CREATE && write.subresource().isEmpty()
                && (WriteAttributes.of(write, GROUP, "resourceclaims")
                        || WriteAttributes.of(write, GROUP, "resourceclaimtemplates"));
        return spec || write.operation() == Operation.UPDATE && write.of("status")
                && WriteAttributes.of(write, GROUP, "resourceclaims");
    }

    @Override
    public void validate(Write write, Struct object) {
        List<String> places = write.of("status") ? results(write, object) : requests(object);
        if (!places.isEmpty() && !labelled(write.key().namespace())) {
            List<FieldProblem> problems = places.stream().map(p -> FieldProblem.forbidden(p, WHY)).toList();
            throw FieldProblem.fault(write.kind().gvk(), write.key().name(), problems);
        }
    }

    private boolean labelled(String namespace) {
        Optional<Obj> found = listers.namespace(namespace);
        return found.isPresent() && "true".equals(found.get().labels().get(LABEL));
    }

    private static List<String> requests(Struct object) {
        boolean template = object.text("kind").equals("ResourceClaimTemplate");
        Struct spec = template ? object.struct("spec").struct("spec") : object.struct("spec");
        Seq requests = spec.struct("devices").seq("requests");
        List<String> places = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            if (requests.struct(i).struct("exactly").flag(ADMIN)) {
                places.add((template ? "spec.spec" : "spec") + ".devices.requests[" + i + "].exactly." + ADMIN);
            }
        }
        return places;
    }

    /// What was there before may stay.
    private static List<String> results(Write write, Struct object) {
        Seq now = allocated(object);
        List<String> places = new ArrayList<>();
        for (int i = 0; !now.equals(allocated(write.before().orElse(Struct.EMPTY))) && i < now.size(); i++) {
            if (now.struct(i).flag(ADMIN)) {
                places.add("status.allocation.devices.results[" + i + "]." + ADMIN);
            }
        }
        return places;
    }

    private static Seq allocated(Struct claim) {
        return claim.struct("status").struct("allocation").struct("devices").seq("results");
    }
}
