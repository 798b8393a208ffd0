package io.k3j.kubeletclient;

import io.k3j.pki.CertificateFiles;
import io.k3j.pki.ClientTls;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A client certificate from files of the operator, as `kubelet-client-certificate` and `kubelet-client-key` of
/// kube-apiserver name them; files that have changed count for the next connection. Any thread.
public final class GivenCertificate implements ClientIdentity {
    private final CertificateFiles files;
    private final Path servers;
    private @Nullable Made made;

    /// A context and what it was made of.
    private record Made(SSLContext context, CertificateFiles.Pair own, FileTime servers) {
    }

    /// @param servers the file of those whose certificates of nodes are believed
    public GivenCertificate(CertificateFiles files, Path servers) {
        this.files = files;
        this.servers = servers;
    }

    @Override
    public synchronized SSLContext context() throws IOException {
        CertificateFiles.Pair own = files.now();
        FileTime changed = Files.getLastModifiedTime(servers);
        Made m = made;
        if (m == null || m.own != own || !m.servers.equals(changed)) {
            m = new Made(ClientTls.trusting(PemFiles.certificates(servers),
                    Optional.of(new ClientTls.Own(own.chain(), own.key()))), own, changed);
            made = m;
        }
        return m.context;
    }
}
