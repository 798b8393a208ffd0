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

/// Lets those approve and deny CertificateSigningRequests who may `approve` for their signer.
@Component(service = Admission.class, property = "order:Integer=250")
public final class CertificateApproval implements Admission {
    private final Listers listers;

    /// Asks the server's authorizers.
    @Activate
    public CertificateApproval(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "CertificateApproval";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && write.of("approval")
                && WriteAttributes.of(write, SignerAccess.GROUP, SignerAccess.REQUESTS);
    }

    @Override
    public void validate(Write write, Struct object) {
        String signer = SignerAccess.signer(write);
        if (!SignerAccess.allows(listers.api(), write.caller(), "approve", signer)) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "user not permitted to approve requests with signerName \"" + signer + "\"");
        }
    }
}
