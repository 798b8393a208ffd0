package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.SigningRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Approves client certificates of kubelets whose asker may have one without being asked, upstream's `csrapproving`
/// controller: `selfnodeclient` for those that renew their own, `nodeclient` for those that have none yet, both
/// subresources of certificatesigningrequests.
final class CertificateApprover implements Reconciler {
    /// A right may be given later.
    private static final Duration ASK_AGAIN = Duration.ofMinutes(1);
    private static final Gvr REVIEWS = Gvr.of("authorization.k8s.io/v1", "subjectaccessreviews");
    private final LiveView requests;
    private final InstantSource clock;
    private final Access access;

    /// Whether the asker of a request may create a subresource of certificatesigningrequests.
    interface Access {
        /// @throws io.k3j.clientapi.ApiFault when that cannot be asked now
        boolean allowed(Obj request, String subresource);
    }

    private CertificateApprover(ControllerContext context, Access access) {
        this.requests = context.views().of(BuiltinResources.CERTIFICATE_SIGNING_REQUESTS);
        this.clock = context.clock();
        this.access = access;
    }

    static void add(ControllerContext context) {
        ApiClient api = context.account("certificate-controller");
        add(context, (request, subresource) -> reviewed(api, request, subresource));
    }

    static void add(ControllerContext context, Access access) {
        CertificateApprover all = new CertificateApprover(context, access);
        context.loop("certificatesigningrequest-approving-controller", "certificate-controller", 1, all)
                .on(all.requests);
    }

    private static boolean reviewed(ApiClient api, Obj request, String subresource) {
        Struct what = Struct.of("group", "certificates.k8s.io", "resource", "certificatesigningrequests", "verb",
                "create", "subresource", subresource);
        Struct spec = request.spec();
        Struct review = Struct.builder().put("user", spec.text("username")).putUnlessEmpty("uid", spec.text("uid"))
                .putUnlessEmpty("groups", spec.seq("groups")).putUnlessEmpty("extra", spec.struct("extra"))
                .put("resourceAttributes", what).build();
        return api.post(REVIEWS, Key.of(""), "", Struct.of("apiVersion", "authorization.k8s.io/v1", "kind",
                "SubjectAccessReview", "spec", review)).struct("status").flag("allowed");
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = requests.get(key).filter(CertificateApprover::undecided);
        Optional<SigningRequest> asked = found.flatMap(CertificateApprover::kubeletClient);
        if (asked.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj request = found.get();
        boolean own = request.spec().text("username").equals(asked.get().commonName());
        if (own && access.allowed(request, "selfnodeclient")) {
            return approved(request, "Auto approving self kubelet client certificate after SubjectAccessReview.",
                    writer);
        }
        if (access.allowed(request, "nodeclient")) {
            return approved(request, "Auto approving kubelet client certificate after SubjectAccessReview.", writer);
        }
        return Requeue.after(ASK_AGAIN);
    }

    private static boolean undecided(Obj request) {
        return request.spec().text("signerName").equals(KubernetesSigners.KUBELET_CLIENT)
                && !KubernetesSigners.issued(request) && !KubernetesSigners.is(request, "Approved")
                && !KubernetesSigners.is(request, "Denied");
    }

    /// What is asked for, if it is such a certificate: whatever cannot be read is nobody's to approve.
    private static Optional<SigningRequest> kubeletClient(Obj request) {
        try {
            SigningRequest asked = KubernetesSigners.parsed(request);
            return KubernetesSigners.wrong(request, asked).isEmpty() ? Optional.of(asked) : Optional.empty();
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private Requeue approved(Obj request, String why, ExpectingWriter writer) {
        String now = Times.seconds(clock.instant());
        Obj decided = KubernetesSigners.with(request, Struct.of("type", "Approved", "status", "True", "reason",
                "AutoApproved", "message", why, "lastUpdateTime", now, "lastTransitionTime", now));
        writer.api().update(BuiltinResources.CERTIFICATE_SIGNING_REQUESTS, decided, WriteOptions.of("approval"));
        return Requeue.NEVER;
    }
}
