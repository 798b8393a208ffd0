package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.SubjectAccess;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Who gives an object another owner must be allowed to delete it, and who has it keep its owner from being deleted
/// must be allowed to set finalizers of the owner. Only where `--kube-apiserver-arg=enable-admission-plugins` names it.
/// See <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>, under its name.
@Component(service = Admission.class, property = "order:Integer=220", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class OwnerReferencesPermissionEnforcement implements Admission {
    private static final String OWNERS = "ownerReferences";
    /// Whoever may do this needs no look at the owners, whose kinds need not be served.
    private static final Struct ANYTHING = Struct.of("verb", "update", "group", "*", "version", "*", "resource", "*",
            "subresource", "finalizers", "name", "*");
    private final boolean enabled;
    private final Listers listers;

    /// Looks at the flag.
    @Activate
    public OwnerReferencesPermissionEnforcement(AdmissionSettings settings, @Reference Listers listers) {
        this(listers, settings.kubeApiserverArg());
    }

    OwnerReferencesPermissionEnforcement(Listers listers, String... arguments) {
        this.listers = listers;
        this.enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "OwnerReferencesPermissionEnforcement";
    }

    /// A kubelet writes the status of pods whose owners it knows nothing about.
    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return enabled && changes && !(WriteAttributes.of(write, "", "pods") && write.of("status"));
    }

    @Override
    public void validate(Write write, Struct object) {
        Seq before = owners(write.before().orElse(Struct.EMPTY));
        Seq owners = owners(object);
        if (owners.equals(before)) {
            return;
        }
        if (write.operation() != Operation.CREATE) {
            Gvr own = write.kind().gvr();
            Struct delete = Struct.builder().put("verb", "delete").putUnlessEmpty("namespace", write.key().namespace())
                    .putUnlessEmpty("group", own.group()).put("version", own.version()).put("resource", own.resource())
                    .putUnlessEmpty("subresource", write.subresource()).put("name", write.key().name()).build();
            require(write, delete, "cannot set an ownerRef on a resource you can't delete: ");
        }
        List<Struct> blocking = owners.structs().stream().filter(o -> blocks(o) && !blocked(before, o)).toList();
        if (!blocking.isEmpty() && !SubjectAccess.review(listers.api(), write.caller(), ANYTHING).flag("allowed")) {
            blocking.forEach(o -> finalizers(write, o));
        }
    }

    private static Seq owners(Struct object) {
        return object.struct("metadata").seq(OWNERS);
    }

    private static boolean blocks(Struct owner) {
        return owner.flag("blockOwnerDeletion");
    }

    private static boolean blocked(Seq before, Struct owner) {
        return before.structs().stream().anyMatch(o -> blocks(o) && o.text("uid").equals(owner.text("uid")));
    }

    private void finalizers(Write write, Struct owner) {
        String version = owner.text("apiVersion");
        String group = version.indexOf('/') < 0 ? "" : version.substring(0, version.indexOf('/'));
        List<ApiResource> kinds = listers.api().resources().stream()
                .filter(r -> r.resource().group().equals(group) && r.kind().equals(owner.text("kind"))).toList();
        if (kinds.isEmpty()) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion "
                            + version + " Kind " + owner.text("kind") + ": no matches for kind \"" + owner.text("kind")
                            + "\" in version \"" + version + "\"");
        }
        for (ApiResource kind : kinds) {
            Struct update = Struct.builder().put("verb", "update")
                    .putUnlessEmpty("namespace", kind.namespaced() ? write.key().namespace() : "")
                    .putUnlessEmpty("group", group).put("version", kind.resource().version())
                    .put("resource", kind.resource().resource()).put("subresource", "finalizers")
                    .put("name", owner.text("name")).build();
            require(write, update, "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't"
                    + " set finalizers on: ");
        }
    }

    private void require(Write write, Struct attributes, String why) {
        Struct answer = SubjectAccess.review(listers.api(), write.caller(), attributes);
        if (!answer.flag("allowed")) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), why + answer.text("reason") + ", <nil>");
        }
    }
}
