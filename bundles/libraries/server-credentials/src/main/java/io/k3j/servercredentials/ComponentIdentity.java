package io.k3j.servercredentials;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateFiles;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The certificate of a component's port, from files: K3s' `tls-cert-file` and `tls-private-key-file` of kube-scheduler
/// and kube-controller-manager, or those an argument names, also of the kubelet. Files that have changed are shown from
/// the next handshake on ([CertificateFiles]). Clients are those of another port. Any thread; a handshake asks the disk
/// for two times.
///
/// The kubelet's port goes on showing the node's own certificate to who asks for `localhost`: that is the node's
/// container runtime, which knows that one, and no other is good for this name on every node.
public final class ComponentIdentity implements ListenerIdentity {
    private static final String CERTIFICATE = "tls-cert-file";
    private static final String KEY = "tls-private-key-file";
    private static final String NODE_ITSELF = "localhost";
    private final CertificateFiles files;
    private final ListenerIdentity other;
    private final boolean kubelet;
    private volatile Shown shown;

    private record Shown(CertificateFiles.Pair pair, Certified certified) {
        static Shown of(CertificateFiles.Pair pair) {
            return new Shown(pair, new Certified(pair.chain(), pair.key()));
        }
    }

    private ComponentIdentity(CertificateFiles files, ListenerIdentity other, boolean kubelet) {
        this.files = files;
        this.other = other;
        this.kubelet = kubelet;
        this.shown = Shown.of(files.now());
    }

    /// Reads the files.
    /// @param name `kube-scheduler` or `kube-controller-manager`
    /// @param server whose clients these are as well
    /// @param arguments of the component, `name=value`
    /// @throws IOException naming the argument, when only one of two files is named, or one cannot be used
    public static ComponentIdentity of(ServerLayout layout, String name, ListenerIdentity server, String... arguments)
            throws IOException {
        Optional<CertificateFiles> named = CertificateFiles.named("--" + name + "-arg=", CERTIFICATE, KEY, arguments);
        String own = name + "/" + name;
        return new ComponentIdentity(named.isPresent() ? named.get()
                : new CertificateFiles(layout.tls(own + ".crt"), layout.tls(own + ".key")), server, false);
    }

    /// The kubelet's, with the files that its arguments name in place of its own.
    /// @param own what it shows otherwise, and whose clients these are as well
    /// @param arguments of the kubelet, `name=value`
    /// @throws IOException as [#of]
    public static ListenerIdentity ofKubelet(ListenerIdentity own, String... arguments) throws IOException {
        Optional<CertificateFiles> named = CertificateFiles.named("--kubelet-arg=", CERTIFICATE, KEY, arguments);
        return named.isPresent() ? new ComponentIdentity(named.get(), own, true) : own;
    }

    /// The same for every name but the kubelet's `localhost`: it has one certificate.
    @Override
    public Certified certified(Optional<String> serverName) {
        if (kubelet && serverName.filter(NODE_ITSELF::equalsIgnoreCase).isPresent()) {
            return other.certified(serverName);
        }
        Shown known = shown;
        CertificateFiles.Pair now = files.now();
        if (known.pair != now) {
            known = Shown.of(now);
            shown = known;
        }
        return known.certified;
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return other.clientAuthorities();
    }
}
