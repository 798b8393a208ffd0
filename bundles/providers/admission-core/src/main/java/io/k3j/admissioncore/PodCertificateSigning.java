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

/// Lets those say what has become of a PodCertificateRequest who may `sign` for its signer. Upstream checks it without
/// a plug-in.
@Component(service = Admission.class, property = "order:Integer=265")
public final class PodCertificateSigning implements Admission {
    private final Listers listers;

    /// Asks the server's authorizers.
    @Activate
    public PodCertificateSigning(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "PodCertificateSigning";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && write.of("status")
                && WriteAttributes.of(write, SignerAccess.GROUP, "podcertificaterequests");
    }

    @Override
    public void validate(Write write, Struct object) {
        boolean same = write.before().filter(b -> b.struct("status").equals(object.struct("status"))).isPresent();
        String signer = SignerAccess.signer(write);
        if (!same && !SignerAccess.allows(listers.api(), write.caller(), "sign", signer)) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "User \"" + write.caller().user()
                    + "\" is not permitted to \"sign\" for signer \"" + signer + "\"");
        }
    }
}
