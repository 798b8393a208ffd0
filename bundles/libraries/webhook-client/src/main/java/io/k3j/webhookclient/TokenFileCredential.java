package io.k3j.webhookclient;

import java.io.IOException;
import java.nio.file.Path;

/// A token that somebody else renews: while its file cannot be read, or is empty, the last one counts. Any thread.
final class TokenFileCredential implements WebhookKubeconfig.Credential {
    private static final System.Logger LOG = System.getLogger("io.k3j.webhookclient");
    private final Path path;
    private volatile String token = "";

    TokenFileCredential(Path path) {
        this.path = path;
    }

    /// Reads the file.
    void load() throws IOException {
        String read = KubeconfigText.read(path).strip();
        if (read.isEmpty()) {
            throw new IOException("read empty token from file \"" + path + "\"");
        }
        token = read;
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
