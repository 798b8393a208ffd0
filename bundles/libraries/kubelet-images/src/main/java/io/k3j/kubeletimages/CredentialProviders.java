package io.k3j.kubeletimages;

import io.k3j.childprocess.Command;
import io.k3j.codec.MalformedInput;
import io.k3j.imageregistries.ImageName;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The programs of `--image-credential-provider-config` and `--image-credential-provider-bin-dir`; used only where both
/// are there, as in K3s. A changed file counts from the next pull on. For any thread; blocks while programs run.
public final class CredentialProviders {
    private static final int MAX_BYTES = 1 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final Path config;
    private final Path directory;
    private final InstantSource clock;
    private final Command command;
    private String stamp = "";
    private String problem = "";
    private List<CredentialProvider> providers = List.of();

    /// Reads nothing yet.
    ///
    /// @param config the file
    /// @param directory of the programs
    /// @param clock the monotonic clock
    public CredentialProviders(Path config, Path directory, InstantSource clock) {
        this(config, directory, clock, new Command(CredentialProvider.LIMIT, CredentialProvider.MOST_BYTES));
    }

    CredentialProviders(Path config, Path directory, InstantSource clock, Command command) {
        this.config = config;
        this.directory = directory;
        this.clock = clock;
        this.command = command;
    }

    /// What they give for an image.
    ///
    /// @param failed receives why one gave nothing, without secrets
    /// @return CRI's `AuthConfig`s
    List<Struct> of(ImageName image, List<String> failed) {
        List<Struct> all = new ArrayList<>();
        for (CredentialProvider provider : current(failed)) {
            try {
                all.addAll(provider.of(image));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot get credentials image={0} error={1}", image,
                        e.getMessage());
                failed.add(String.valueOf(e.getMessage()));
            }
        }
        return all;
    }

    private synchronized List<CredentialProvider> current(List<String> failed) {
        String now = stamp();
        if (!now.equals(stamp)) {
            stamp = now;
            providers = List.of();
            problem = "";
            try {
                providers = now.isEmpty() ? List.of() : read();
            } catch (MalformedInput | IOException e) {
                problem = "--image-credential-provider-config " + config + ": " + e.getMessage();
                LOG.log(System.Logger.Level.WARNING, "Cannot use image credential providers error={0}", problem);
            }
        }
        if (!problem.isEmpty()) {
            failed.add(problem);
        }
        return providers;
    }

    /// Empty when there are none.
    private String stamp() {
        try {
            return Files.isRegularFile(config) && Files.isDirectory(directory)
                    ? Files.size(config) + "@" + Files.getLastModifiedTime(config) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private List<CredentialProvider> read() throws IOException {
        if (Files.size(config) > MAX_BYTES) {
            throw new MalformedInput("it is larger than " + (MAX_BYTES >> 20) + " MiB");
        }
        return ProviderConfig.parse(Files.readAllBytes(config)).stream()
                .map(p -> new CredentialProvider(p, directory, command, clock)).toList();
    }
}
