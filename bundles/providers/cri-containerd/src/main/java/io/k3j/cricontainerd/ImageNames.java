package io.k3j.cricontainerd;

import io.k3j.imageregistries.ImageName;
import io.k3j.nodeapi.Image;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.stream.Stream;

/// Pins the images that files name, and gives them names in further registries, as K3s does (`labelImages` and
/// `retagImages` of its `pkg/agent/containerd`).
final class ImageNames {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final List<String> PIN = List.of("io.cattle.k3s.pinned=pinned", "io.cri-containerd.pinned=pinned");
    private static final List<String> UNPIN = List.of("io.cattle.k3s.pinned=", "io.cri-containerd.pinned=");
    /// The column of `ctr images ls` after the name and the media type.
    private static final int DIGEST = 2;
    private static final String PINNED = "labels.\"io.cattle.k3s.pinned\"==pinned";
    private final Ctr ctr;
    private final List<String> registries;
    private final PinnedImages pins;

    /// @param registries each image gets its names there, too
    /// @param pins where pinned names are remembered
    ImageNames(Ctr ctr, List<String> registries, PinnedImages pins) {
        this.ctr = ctr;
        this.registries = registries;
        this.pins = pins;
    }

    /// One that an archive has brought, which does not give it a name by its digest as a pull does.
    ///
    /// @param image its name in containerd
    /// @param digest `sha256:…`
    void imported(String image, String digest) throws IOException, InterruptedException {
        kept(image, digest);
        LOG.log(System.Logger.Level.INFO, "Imported image={0}", image);
    }

    /// The same of one that an earlier start has imported.
    void kept(String image, String digest) throws IOException, InterruptedException {
        ImageName name = ImageName.parse(image);
        Set<String> others = new LinkedHashSet<>();
        others.add(new ImageName(name.registry(), name.repository(), "", digest).toString());
        for (String registry : registries) {
            if (!name.tag().isEmpty()) {
                others.add(new ImageName(registry, name.repository(), name.tag(), "").toString());
            }
            others.add(new ImageName(registry, name.repository(), "", digest).toString());
        }
        take(image, others);
    }

    /// One that a list names, whether it is here or not: what is asked about it may fail, which is no reason to let it
    /// go.
    void wanted(String name) {
        pins.add(ImageName.parse(name).toString());
    }

    /// One that a list names, and is here.
    void listed(Image image) throws IOException, InterruptedException {
        for (String each : Stream.concat(image.tags().stream(), image.digests().stream()).toList()) {
            ImageName name = ImageName.parse(each);
            Set<String> others = new LinkedHashSet<>();
            for (String registry : registries) {
                others.add(new ImageName(registry, name.repository(), name.tag(), name.digest()).toString());
            }
            take(each, others);
        }
    }

    private void take(String image, Set<String> others) throws IOException, InterruptedException {
        pin(image);
        others.remove(image);
        Set<String> lacking = lacking(image, others);
        if (!lacking.isEmpty()) {
            List<String> tag = new ArrayList<>(List.of("images", "tag", "--force", image));
            tag.addAll(lacking);
            ctr.run(tag);
        }
        for (String other : others) {
            pin(other);
            if (lacking.contains(other)) {
                LOG.log(System.Logger.Level.INFO, "Tagged image={0} of={1}", other, image);
            }
        }
    }

    /// Those that do not name the same image yet. `tag --force` takes a name away before it gives it anew: a pod that
    /// is looked at meanwhile has another image ID.
    private Set<String> lacking(String image, Set<String> others) throws IOException, InterruptedException {
        if (others.isEmpty()) {
            return others;
        }
        List<String> words = new ArrayList<>(List.of("images", "ls"));
        Stream.concat(Stream.of(image), others.stream()).forEach(name -> words.add("name==\"" + name + "\""));
        Map<String, String> digests = new HashMap<>();
        for (String line : ctr.run(words).lines().toList()) {
            StringTokenizer columns = new StringTokenizer(line);
            if (columns.countTokens() > DIGEST) {
                String name = columns.nextToken();
                columns.nextToken();
                digests.put(name, columns.nextToken());
            }
        }
        Set<String> lacking = new LinkedHashSet<>(others);
        lacking.removeIf(other -> digests.containsKey(other) && digests.get(other).equals(digests.get(image)));
        return lacking;
    }

    private void pin(String image) throws IOException, InterruptedException {
        pins.add(image);
        label(image, PIN);
    }

    private void label(String image, List<String> labels) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("images", "label", image));
        words.addAll(labels);
        ctr.run(words);
    }

    /// Images that no file has named since this process began are no longer kept.
    void unpin() throws InterruptedException {
        try {
            for (String name : ctr.run(List.of("images", "ls", "-q", PINNED)).lines().toList()) {
                if (!name.isEmpty() && !pins.has(name)) {
                    label(name, UNPIN);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot unpin images error={0}", e.getMessage());
        }
    }
}
