package io.k3j.admissioncore;

import io.k3j.admissionkit.SignerAccess;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Lets those write a ClusterTrustBundle of a signer who may `attest` for it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#clustertrustbundleattest>.
@Component(service = Admission.class, property = "order:Integer=270")
public final class ClusterTrustBundleAttest implements Admission {
    /// Fields of metadata by which objects are collected and tracked: changing them alone attests nothing.
    private static final List<String> COLLECTED = List.of("ownerReferences", "finalizers", "managedFields",
            "resourceVersion");
    private final Listers listers;

    /// Asks the server's authorizers.
    @Activate
    public ClusterTrustBundleAttest(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "ClusterTrustBundleAttest";
    }

    @Override
    public boolean handles(Write write) {
        return (write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE)
                && WriteAttributes.of(write, SignerAccess.GROUP, "clustertrustbundles");
    }

    /// By the new object's signer: validation keeps an update from changing it.
    @Override
    public void validate(Write write, Struct object) {
        String signer = object.struct("spec").text("signerName");
        boolean collected = write.operation() == Operation.UPDATE
                && write.before().filter(before -> attested(before).equals(attested(object))).isPresent();
        if (!signer.isEmpty() && !collected
                && !SignerAccess.allows(listers.api(), write.caller(), "attest", signer)) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "user not permitted to attest for signerName \"" + signer + "\"");
        }
    }

    private static Struct attested(Struct object) {
        Struct metadata = object.struct("metadata");
        for (String field : COLLECTED) {
            metadata = metadata.without(field);
        }
        return object.with("metadata", metadata);
    }
}
