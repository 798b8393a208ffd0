package io.k3j.admissioncore;

import io.k3j.admissionkit.SignerAccess;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Lets those give certificates and conditions to CertificateSigningRequests who may `sign` for their signer.
@Component(service = Admission.class, property = "order:Integer=260")
public final class CertificateSigningRights implements Admission {
    private final Listers listers;

    /// Asks the server's authorizers.
    @Activate
    public CertificateSigningRights(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "CertificateSigning";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && write.of("status")
                && WriteAttributes.of(write, SignerAccess.GROUP, SignerAccess.REQUESTS);
    }

    @Override
    public void validate(Write write, Struct object) {
        Struct before = write.before().orElse(Struct.EMPTY).struct("status");
        Struct after = object.struct("status");
        boolean same = before.text("certificate").equals(after.text("certificate"))
                && before.seq("conditions").equals(after.seq("conditions"));
        String signer = SignerAccess.signer(write);
        if (!same && !SignerAccess.allows(listers.api(), write.caller(), "sign", signer)) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "user not permitted to sign requests with signerName \"" + signer + "\"");
        }
    }
}
