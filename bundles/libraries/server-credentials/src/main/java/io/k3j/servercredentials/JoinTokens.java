package io.k3j.servercredentials;

import io.k3j.pki.ClusterToken;
import io.k3j.pki.NodePassword;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PasswordFile.Row;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// The cluster's secrets for joining: `cred/passwd`, `server/token` and its companions. Not locked: one at a time
/// makes or changes them.
///
/// A token is `K10<hash of the authority>::server:<password>` in full and the password alone in short
/// (<https://docs.k3s.io/cli/token>); here everything goes by the password. Calls block for the disk, and for a hash of
/// some 100 ms where a changed token is concerned.
public final class JoinTokens {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Written as twice as many hexadecimal digits, as K3s makes it.
    private static final int PASSWORD_BYTES = 16;

    private final ServerLayout layout;
    private final SupervisorSettings settings;

    /// Those of a server with these flags; reads nothing yet.
    /// @param settings of which `token` and `agentToken` count
    public JoinTokens(ServerLayout layout, SupervisorSettings settings) {
        this.layout = layout;
        this.settings = settings;
    }

    /// Keeps, or makes, the passwords. A token given as a flag wins over what is there. Rows that are neither the
    /// servers' nor the agents' stay.
    /// @param random makes the password of a new cluster
    /// @throws IOException naming the file that is damaged or cannot be written, with what to do
    /// @throws IllegalArgumentException when a flag is no token
    PasswordFile ensurePasswords(RandomGenerator random) throws IOException {
        Path file = layout.cred("passwd");
        Optional<String> before = PemFiles.read(file);
        PasswordFile passwords = read(file, before.orElse(""));
        String server = serverPassword(passwords).orElseGet(() -> random(random));
        if (!settings.token().isEmpty() && !password(settings.token()).equals(server)) {
            LOG.log(System.Logger.Level.WARNING, "--token is the token that was changed while this server ran; the new"
                    + " one counts: give it with the next start. It is in " + layout.server("token"));
        }
        String node = settings.agentToken().isEmpty() ? server : ClusterToken.agentPassword(settings.agentToken());
        passwords.put(new Row("node", node, List.of(PasswordFile.AGENT_GROUP)));
        passwords.put(new Row("server", server, List.of(PasswordFile.SERVER_GROUP)));
        if (!before.equals(Optional.of(passwords.text()))) {
            PemFiles.write(file, passwords.text(), PemFiles.SECRET);
        }
        return passwords;
    }

    /// @param text the empty text is a file without rows
    private static PasswordFile read(Path file, String text) throws IOException {
        try {
            return PasswordFile.parse(text);
        } catch (IllegalArgumentException damaged) {
            throw new IOException(file + " is damaged (" + damaged.getMessage()
                    + "); remove it to have it made again from " + file.resolveSibling("../token").normalize(),
                    damaged);
        }
    }

    /// In this order: the flag, unless it is the token of before a change; `cred/passwd`; `server/token`, which may
    /// have come from a backup.
    /// @return empty when this server has to make one
    /// @throws IOException also when `server/token` is all there is and holds no token
    private Optional<String> serverPassword(PasswordFile passwords) throws IOException {
        // an empty one proves nothing and would seal nothing: it counts as none
        Optional<String> kept = passwords.row("server").map(Row::password).filter(Predicate.not(String::isEmpty));
        if (!settings.token().isEmpty()) {
            String given = password(settings.token());
            return kept.isPresent() && !kept.get().equals(given) && changed(given) ? kept : Optional.of(given);
        }
        return kept.isPresent() ? kept : only();
    }

    /// As [#shown], where nothing else names the password: another one would open nothing of the cluster, so none is
    /// made.
    private Optional<String> only() throws IOException {
        try {
            return shown();
        } catch (IllegalArgumentException damaged) {
            throw new IOException(layout.server("token") + " holds no token (" + damaged.getMessage()
                    + "): it must be in format K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>, and nothing else here"
                    + " names the cluster's; write it there again, or start with --token and the token this cluster was"
                    + " made with", damaged);
        }
    }

    private Optional<String> shown() throws IOException {
        return PemFiles.read(layout.server("token")).map(String::strip).filter(Predicate.not(String::isEmpty))
                .map(JoinTokens::password);
    }

    /// The password of `server/token`, which may be the cluster's where [#knownPassword] is not: a start that was
    /// refused has written the password of its flag before. Empty without the file, and when a flag names the password.
    /// @throws IllegalArgumentException when the file holds no token
    public Optional<String> shownPassword() throws IOException {
        return settings.token().isEmpty() ? shown() : Optional.empty();
    }

    /// Whether this is the password that the one on disk took the place of while this server ran: its flags cannot know
    /// yet, be it that the process still runs or that it was started with them again. The file holds a hash, so the old
    /// token cannot be read from the disk.
    private boolean changed(String password) throws IOException {
        return PemFiles.read(former()).filter(hash -> NodePassword.matches(password, hash.strip())).isPresent();
    }

    /// Written by [#rotate], never removed: an older flag may come back at any start.
    private Path former() {
        return layout.cred("token-changed");
    }

    /// The server's password as far as flags and files tell, empty before there is one. Writes nothing and makes none.
    /// @throws IOException naming the file that is damaged, with what to do
    /// @throws IllegalArgumentException when a flag is no token
    public Optional<String> knownPassword() throws IOException {
        Path file = layout.cred("passwd");
        return serverPassword(read(file, PemFiles.read(file).orElse("")));
    }

    /// The password inside a token of any form. The hash in front is not compared here: who joins compares it with what
    /// the server shows.
    /// @throws IllegalArgumentException when it is no token
    public static String password(String token) {
        return ClusterToken.parse(token).password();
    }

    /// A password nobody has chosen, as K3s makes it.
    /// @return hexadecimal digits
    public static String random(RandomGenerator random) {
        byte[] secret = new byte[PASSWORD_BYTES];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /// Work at the beginning of a rotation. It seals with the new token what others read by it: the bootstrap record
    /// and the agreed values.
    @FunctionalInterface
    public interface Sealing {
        /// Does it; what it throws ends the rotation, and the old token stays.
        /// @param passwords what `cred/passwd` will hold
        void run(String passwords) throws IOException;
    }

    /// Makes `next` the server token, and the agents' where they have none of their own. `sealing` runs before any file
    /// names the new one: whenever this is cut off, the files name a token that opens the records. Blocks for the disk,
    /// a hash and `sealing`.
    ///
    /// @param passwords those in force, which are changed last
    /// @param next the new password
    /// @param random for the salt of the former one's hash
    /// @throws IOException when a file cannot be written, or `sealing` says so
    public void rotate(PasswordFile passwords, String next, Sealing sealing, RandomGenerator random)
            throws IOException {
        Path file = layout.cred("passwd");
        PasswordFile changed = read(file, PemFiles.read(file).orElse(""));
        boolean shared = changed.row("node").map(Row::password)
                .equals(changed.row("server").map(Row::password));
        String former = NodePassword.hash(passwords.row("server").map(Row::password).orElse(""), random);
        changed.put(new Row("server", next, List.of(PasswordFile.SERVER_GROUP)));
        if (shared) {
            changed.put(new Row("node", next, List.of(PasswordFile.AGENT_GROUP)));
        }
        sealing.run(changed.text());
        PemFiles.write(file, changed.text(), PemFiles.SECRET);
        PemFiles.write(former(), former + "\n", PemFiles.SECRET);
        changed.row("server").ifPresent(passwords::put);
        changed.row("node").ifPresent(passwords::put);
        write(passwords, Files.readString(layout.tls("server-ca.crt")));
    }

    /// As [#write], unless `server/token` has another password: before the datastore has admitted this server, that may
    /// be the only one left by which the cluster opens.
    void complete(PasswordFile passwords, String caPem) throws IOException {
        Optional<String> there;
        try {
            there = shown();
        } catch (IllegalArgumentException damaged) {
            there = Optional.empty();
        }
        if (there.isEmpty() || there.equals(passwords.row("server").map(Row::password))) {
            write(passwords, caPem);
        }
    }

    /// Writes the token files for the authority whose certificate file says `caPem`. `node-token`, and without a token
    /// of the agents' own `agent-token` too, are links to `token`: one file changes for all.
    /// @param caPem the certificate file as `/cacerts` shows it, byte for byte: its hash is in the token
    void write(PasswordFile passwords, String caPem) throws IOException {
        Optional<String> hash = Optional.of(ClusterToken.caHash(caPem));
        String server = passwords.row("server").map(Row::password).orElse("");
        token(layout.server("token"), new ClusterToken(hash, "server", server));
        link(layout.server("node-token"));
        if (settings.agentToken().isEmpty()) {
            link(layout.server("agent-token"));
        } else {
            String node = passwords.row("node").map(Row::password).orElse("");
            token(layout.server("agent-token"), new ClusterToken(hash, "node", node));
        }
    }

    /// A link in its place is replaced by a file: this token is not the server's any more.
    private static void token(Path file, ClusterToken token) throws IOException {
        String text = token.text() + "\n";
        if (Files.isSymbolicLink(file) || !PemFiles.read(file).equals(Optional.of(text))) {
            PemFiles.write(file, text, PemFiles.SECRET);
        }
    }

    /// For a moment there is none.
    private void link(Path link) throws IOException {
        Path target = layout.server("token");
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            return;
        }
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(link);
        }
        Files.createSymbolicLink(link, target);
    }
}
