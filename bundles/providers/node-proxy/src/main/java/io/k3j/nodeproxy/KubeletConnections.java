package io.k3j.nodeproxy;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.componenthelpers.NodeAddressTypes;
import io.k3j.kubeletclient.ClientIdentity;
import io.k3j.kubeletclient.ComponentCertificate;
import io.k3j.kubeletclient.GivenCertificate;
import io.k3j.kubeletclient.KubeletAddress;
import io.k3j.pki.CertificateFiles;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// How the API server reaches kubelets, by `kubelet-client-certificate`, `kubelet-client-key`,
/// `kubelet-certificate-authority` and `kubelet-preferred-address-types` of kube-apiserver, or as K3s has it
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>).
///
/// @param identity who it is to them, and who signs their certificates
/// @param addressTypes in which order addresses of a node are tried
record KubeletConnections(ClientIdentity identity, List<String> addressTypes) {
    private static final String FLAG = "--kube-apiserver-arg";
    private static final String AUTHORITY = "kubelet-certificate-authority";

    /// By the arguments.
    /// @param tls the directory `server/tls`
    /// @param flannelExternalIp `--flannel-external-ip`
    /// @param arguments of kube-apiserver, `name=value`
    /// @throws IllegalArgumentException for a wrong argument, or a file that cannot be used; the message names it
    static KubeletConnections of(Path tls, boolean flannelExternalIp, String... arguments) {
        ComponentArguments given = ComponentArguments.of(FLAG, arguments);
        Path authority = given.value(AUTHORITY).filter(file -> !file.isEmpty()).map(KubeletConnections::authority)
                .orElse(tls.resolve("server-ca.crt"));
        List<String> types = NodeAddressTypes.of(given.values("kubelet-preferred-address-types"));
        return new KubeletConnections(identity(tls, authority, arguments),
                types.isEmpty() ? KubeletAddress.preferred(flannelExternalIp) : types);
    }

    /// A file without any would have no kubelet believed, request by request.
    private static Path authority(String file) {
        String why = "no certificate is there";
        try {
            if (!PemFiles.certificates(Path.of(file)).isEmpty()) {
                return Path.of(file);
            }
        } catch (IOException unusable) {
            why = String.valueOf(unusable.getMessage());
        }
        throw new IllegalArgumentException(FLAG + "=" + AUTHORITY + "=" + file + ": " + why
                + "; write authorities of kubelets there in PEM, or leave the argument out");
    }

    private static ClientIdentity identity(Path tls, Path authority, String... arguments) {
        try {
            Optional<CertificateFiles> own = CertificateFiles.named(FLAG + "=", "kubelet-client-certificate",
                    "kubelet-client-key", arguments);
            return own.isPresent() ? new GivenCertificate(own.get(), authority)
                    : new ComponentCertificate(Profile.KUBELET_CLIENT, tls, authority, InstantSource.system(),
                            new SecureRandom());
        } catch (IOException unusable) {
            throw new IllegalArgumentException(String.valueOf(unusable.getMessage()), unusable);
        }
    }
}
