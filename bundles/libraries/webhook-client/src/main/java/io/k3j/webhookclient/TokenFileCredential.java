package io.k3j.webhookclient;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A token that somebody else renews: while its file cannot be read the last one counts. Any thread.
final class TokenFileCredential implements WebhookKubeconfig.Credential {
    private static final System.Logger LOG = System.getLogger("io.k3j.webhookclient");
    private final Path path;
    private volatile String token = "";

    TokenFileCredential(Path path) {
        this.path = path;
    }

    /// Reads the file.
    void load() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] all = in.readNBytes(WebhookKubeconfigReader.MOST_BYTES + 1);
            if (all.length > WebhookKubeconfigReader.MOST_BYTES) {
                throw new IOException("larger than " + WebhookKubeconfigReader.MOST_BYTES + " bytes");
            }
            token = new String(all, StandardCharsets.UTF_8).strip();
        }
    }

    @Override
    public String header() {
        try {
            load();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot read the file of a token path={0} error={1}", path,
                    e.toString());
        }
        return token.isEmpty() ? "" : "Bearer " + token;
    }
}
