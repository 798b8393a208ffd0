package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.volumecontent.PodCertificates;
import io.k3j.volumecontent.ReferenceWatches;
import io.k3j.volumecontent.TrustBundles;
import io.k3j.volumecontent.VolumeContent;
import java.security.SecureRandom;

/// The sources of projected volumes that feature gates of the kubelet switch on.
record GatedSources(TrustBundles bundles, PodCertificates certificates) {
    /// @param api asked as the node
    /// @param node its name
    /// @param warnings is told what people should know of certificates
    /// @param arguments `--kubelet-arg`, as `name=value`
    static GatedSources of(ApiClient api, String node, TimeSource clock, Volumes.Warnings warnings,
            String... arguments) {
        FeatureGates gates = FeatureGates.of("--kubelet-arg", arguments);
        return new GatedSources(gates.enabled(FeatureGate.CLUSTER_TRUST_BUNDLE_PROJECTION)
                ? new TrustBundles(api, clock, new SecureRandom()) : TrustBundles.off(),
                gates.enabled(FeatureGate.POD_CERTIFICATE_REQUEST)
                        ? new PodCertificates(api, node, clock, new SecureRandom(), warnings) : PodCertificates.off());
    }

    VolumeContent content(ReferencedObjects references, Environment environment, PodTokens tokens) {
        return new VolumeContent(references, environment, tokens, bundles, certificates);
    }

    ReferenceWatches watches(TimeSource clock) {
        return new ReferenceWatches(clock, bundles, certificates);
    }
}
