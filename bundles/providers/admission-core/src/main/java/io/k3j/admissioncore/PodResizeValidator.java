package io.k3j.admissioncore;

import io.k3j.admissionkit.ResizeRoom;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Refuses to resize a running pod to more than its node could ever give it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podresizevalidator>.
@Component(service = Admission.class, property = "order:Integer=318")
public final class PodResizeValidator implements Admission {
    private final Listers listers;

    /// Reads Nodes from a view.
    @Activate
    public PodResizeValidator(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "PodResizeValidator";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && WriteAttributes.of(write, "", "pods")
                && write.subresource().equals("resize");
    }

    @Override
    public void validate(Write write, Struct pod) {
        Struct spec = pod.struct("spec");
        String name = spec.text("nodeName");
        if (name.isEmpty() || write.before().filter(old -> old.struct("spec").equals(spec)).isPresent()) {
            return;
        }
        Obj node = listers.find(Listers.NODES, "", name)
                .orElseThrow(() -> refused(write, "node \"" + name + "\" not found"));
        ResizeRoom.problem(spec, node).ifPresent(why -> {
            ApiFault fault = refused(write, why.message());
            throw new ApiFault(fault.code(), fault.reason(), String.valueOf(fault.getMessage()),
                    fault.details().with("causes", Seq.of(Struct.of("reason", why.cause()))));
        });
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }
}
