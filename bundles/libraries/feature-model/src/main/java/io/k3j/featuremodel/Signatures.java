package io.k3j.featuremodel;

import io.k3j.signedjars.Signer;
import io.k3j.signedjars.TrustedSigners;
import io.k3j.signedjars.UntrustedJarException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Says who has signed what is about to be installed, when `--plugin-trust` demands signatures. The files that the flag
/// names are read at each verification, so that keys come and go without a restart. Thread-safe.
public final class Signatures {
    private static final String FLAG = "pluginTrust";
    /// Of a file that is away: it differs from every one that is there.
    private static final PluginFile.Stamp NONE = new PluginFile.Stamp(-1, FileTime.fromMillis(0));
    private final List<Path> files;
    private final InstantSource clock;
    /// Who has signed the archives that jars came in, by the SHA-256 of the jar.
    private final Map<String, String> vouched = new ConcurrentHashMap<>();

    private Signatures(List<Path> files, InstantSource clock) {
        this.files = files;
        this.clock = clock;
    }

    /// What the flag says.
    /// @throws FeatureProblem when a file of certificates or keys cannot be read, or others could write it
    public static Signatures of(Map<String, Object> settings, InstantSource clock) {
        String[] names = settings.get(FLAG) instanceof String[] list ? list : new String[0];
        Signatures made = new Signatures(
                Arrays.stream(names).map(name -> Path.of(name).toAbsolutePath().normalize()).toList(), clock);
        if (names.length > 0) {
            made.trusted();
        }
        return made;
    }

    /// Read anew each time. A file that others could write is refused: it would name whomever they like.
    private TrustedSigners trusted() {
        try {
            for (Path file : files) {
                refuseOthers(file);
                refuseOthers(file.toRealPath());
            }
            return TrustedSigners.read(files, clock);
        } catch (IOException | FeatureProblem e) {
            throw new FeatureProblem("--plugin-trust: " + e.getMessage(), e);
        }
    }

    /// Whoever can write to its directory could put another one in its place.
    private static void refuseOthers(Path file) throws IOException {
        PluginFile.refuseOthers(Objects.requireNonNull(file.getParent()).toRealPath());
        PluginFile.refuseOthers(file.toRealPath());
    }

    /// Whether anything has to be signed.
    public boolean demanded() {
        return !files.isEmpty();
    }

    /// Changes when one of the files does.
    public Object keys() {
        return files.stream().map(Signatures::stamp).toList();
    }

    private static PluginFile.Stamp stamp(Path file) {
        try {
            return PluginFile.stamp(file.toRealPath());
        } catch (IOException e) {
            System.getLogger("io.k3j.features").log(System.Logger.Level.DEBUG, "File of keys is away", e);
            return NONE;
        }
    }

    /// Whether a jar or archive that was verified before has lost its signer's trust. Files of keys that cannot be read
    /// change nothing.
    public boolean distrusts(Path jar) {
        try {
            TrustedSigners now = trusted();
            now.verify(jar, jar);
            return false;
        } catch (UntrustedJarException e) {
            return true;
        } catch (FeatureProblem | IOException e) {
            return false;
        }
    }

    /// A jar came in an archive that was verified, and need not be signed itself.
    public void vouch(String digest, String signer) {
        vouched.put(digest, signer);
    }

    /// The archive has gone.
    public void forget(String digest) {
        vouched.remove(digest);
    }

    /// Verifies a jar or archive that nobody writes to any more.
    ///
    /// @param file how whoever offers it knows it, for messages
    /// @return who has signed it; empty when no signature is demanded
    /// @throws FeatureProblem when a signature is demanded that it does not bear
    public String verify(Path jar, Path file) {
        if (files.isEmpty()) {
            return "";
        }
        TrustedSigners demanded = trusted();
        try {
            String known = vouched.isEmpty() ? null : vouched.get(JarFacts.digest(jar));
            if (known != null) {
                return known;
            }
            Signer signer = demanded.verify(jar, file);
            return signer.name();
        } catch (UntrustedJarException e) {
            throw new FeatureProblem(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new FeatureProblem(file + " is not a readable jar: " + e.getMessage(), e);
        }
    }
}
