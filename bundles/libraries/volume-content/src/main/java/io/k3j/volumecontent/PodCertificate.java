package io.k3j.volumecontent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LiveView;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Key and certificate of one `podCertificate` source, as upstream's states of one: not asked for, waited for, fresh,
/// waited for anew while the old ones are shown, denied or failed for good. It goes on whenever it is read. Any
/// thread, one at a time; blocks for the API and for the making of a key.
final class PodCertificate {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    /// After this a request that is not there is taken for deleted.
    private static final Duration DELETED = Duration.ofMinutes(10);
    private static final Duration OVERDUE = Duration.ofMinutes(10);
    private static final long JITTER_MILLIS = Duration.ofMinutes(5).toMillis();
    private final PodCertificates.Surroundings around;
    private @Nullable Pending pending;
    private @Nullable Issued issued;
    /// Made for a request that the API has not taken yet: making another one for each try would cost seconds.
    private @Nullable KeyPair unused;
    /// Why there will never be one; empty while there may.
    private String refusal = "";
    /// Why none has been asked for; empty when one has.
    private String obstacle = "";
    private boolean overdueTold;
    private boolean expiredTold;

    /// @param key in PEM
    /// @param name of the request
    /// @param abandon when a request that is not there is made anew
    private record Pending(String key, String name, Instant abandon) {
    }

    /// What volumes show.
    ///
    /// @param key in PEM
    /// @param chain in PEM
    /// @param refresh when another one is asked for
    /// @param until when it is no longer valid
    record Issued(String key, String chain, Instant refresh, Instant until) {
    }

    PodCertificate(PodCertificates.Surroundings around) {
        this.around = around;
    }

    /// What the source shows now.
    ///
    /// @throws ConfigError while there is nothing to show, and where there will never be
    synchronized Issued of(Obj pod, Struct source) {
        if (refusal.isEmpty()) {
            step(pod, source);
        }
        if (!refusal.isEmpty()) {
            throw ConfigError.config(refusal);
        }
        Issued shown = issued;
        if (shown == null) {
            throw ConfigError.config("credential bundle is not issued yet" + obstacle);
        }
        return shown;
    }

    private void step(Obj pod, Struct source) {
        Pending asked = pending;
        Issued shown = issued;
        try {
            LiveView all = around.view().view()
                    .orElseThrow(() -> new IllegalArgumentException("podcertificaterequests are not served"));
            if (asked != null) {
                look(pod, asked, all);
            } else if (shown == null || !around.clock().instant().isBefore(shown.refresh())) {
                pending = asked(pod, source, all.resource());
            }
            obstacle = "";
        } catch (ApiFault | IllegalArgumentException e) {
            hindered(pod, String.valueOf(e.getMessage()));
        }
        Issued now = issued;
        if (now != null && refusal.isEmpty()) {
            warn(pod, now);
        }
    }

    /// It is tried again every few seconds, and told when something else is the matter.
    private void hindered(Obj pod, String why) {
        if (!obstacle.equals(": " + why)) {
            LOG.log(System.Logger.Level.WARNING, "No certificate for a pod yet pod={0} error={1}", pod.key(), why);
        }
        obstacle = ": " + why;
    }

    private Pending asked(Obj pod, Struct source, Gvr resource) {
        ApiClient api = around.view().api();
        String account = pod.spec().text("serviceAccountName");
        String accountUid = api.get(ReferencedObjects.SERVICE_ACCOUNTS, new Key(pod.namespace(), account)).uid();
        String nodeUid = api.get(ReferencedObjects.NODES, Key.of(around.node())).uid();
        KeyPair made = unused;
        KeyPair pair = made == null ? Keys.ofType(source.text("keyType")) : made;
        unused = pair;
        Struct spec = Struct.builder().put("signerName", source.text("signerName")).put("podName", pod.name())
                .put("podUID", pod.uid()).put("serviceAccountName", account).put("serviceAccountUID", accountUid)
                .put("nodeName", around.node()).put("nodeUID", nodeUid)
                .put("maxExpirationSeconds", source.whole("maxExpirationSeconds", 86_400))
                .putUnlessEmpty("unverifiedUserAnnotations", source.struct("userAnnotations"))
                .put("stubPKCS10Request", Base64.getEncoder().encodeToString(CertificateRequest.stub(pair))).build();
        // upstream's, which names the internal version
        Struct owner = Struct.of("apiVersion", "core/v1", "kind", "Pod", "name", pod.name(), "uid", pod.uid());
        Obj request = api.create(resource, Obj.of(Struct.of("apiVersion", resource.apiVersion(), "kind",
                "PodCertificateRequest", "metadata", Struct.of("namespace", pod.namespace(), "generateName", "req-",
                        "ownerReferences", Seq.of(owner)),
                "spec", spec)), WriteOptions.PLAIN);
        unused = null;
        return new Pending(Pem.encode(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded()), request.name(),
                around.clock().instant().plus(DELETED).plus(jitter()));
    }

    /// Who asks at once is not to ask at once again.
    private Duration jitter() {
        return Duration.ofMillis(around.random().nextLong(JITTER_MILLIS));
    }

    private void look(Obj pod, Pending asked, LiveView all) {
        Key key = new Key(pod.namespace(), asked.name());
        Optional<Obj> found = all.synced() ? all.get(key) : around.view().api().find(all.resource(), key);
        if (found.isEmpty()) {
            if (around.clock().instant().isAfter(asked.abandon())) {
                pending = null;
            }
            return;
        }
        Struct status = found.get().status();
        if (status.seq("conditions").isEmpty()) {
            return;
        }
        Struct condition = status.seq("conditions").struct(0);
        switch (condition.text("type")) {
            case "Issued" -> {
                issued = new Issued(asked.key(), chain(status.text("certificateChain")),
                        time(status, "beginRefreshAt").plus(jitter()), time(status, "notAfter"));
                pending = null;
                overdueTold = false;
                expiredTold = false;
            }
            case "Denied" -> refuse(pod, key, condition, "denied");
            case "Failed" -> refuse(pod, key, condition, "failed");
            default -> {
                // nothing has become of it yet
            }
        }
    }

    private void refuse(Obj pod, Key key, Struct condition, String how) {
        String reason = "reason=\"" + condition.text("reason") + "\"";
        String message = "message=\"" + condition.text("message") + "\"";
        refusal = "PodCertificateRequest was permanently " + how + ": " + reason + " " + message;
        pending = null;
        around.warnings().warn(pod, condition.text("type"), "PodCertificateRequest " + key.namespace() + "/"
                + key.name() + (how.equals("denied") ? " was " : " ") + how + ", " + reason + ", " + message);
    }

    private void warn(Obj pod, Issued shown) {
        Instant now = around.clock().instant();
        if (!overdueTold && now.isAfter(shown.refresh().plus(OVERDUE))) {
            overdueTold = true;
            around.warnings().warn(pod, "CertificateOverdueForRefresh", "PodCertificate refresh overdue");
        }
        if (!expiredTold && now.isAfter(shown.until())) {
            expiredTold = true;
            around.warnings().warn(pod, "CertificateExpired", "PodCertificate expired");
        }
    }

    /// Without what stands between its blocks, and without their headers.
    private static String chain(String text) {
        StringBuilder clean = new StringBuilder();
        PemBlocks.of(text).forEach(block -> clean.append(Pem.encode(Pem.CERTIFICATE, block.der())));
        return clean.toString();
    }

    private static Instant time(Struct status, String field) {
        try {
            return Instant.parse(status.text(field));
        } catch (DateTimeParseException malformed) {
            throw new IllegalArgumentException("status." + field + " is no time", malformed);
        }
    }
}
