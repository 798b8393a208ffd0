package io.k3j.addondeployer;

import io.k3j.addondeployer.ManifestDirectory.Found;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Undoes what `--disable` names: the objects, then the file, then the Addon, so that whatever is cut short is begun
/// again. For one thread; blocks for disk and API.
final class AddonRemoval {
    private static final System.Logger LOG = System.getLogger("io.k3j.addondeployer");
    private final Addons addons;
    private final ObjectPruner pruner;
    private final Announcer announcer;

    AddonRemoval(ApiClient api, DeployableKinds kinds, Addons addons, Announcer announcer) {
        this.addons = addons;
        this.pruner = new ObjectPruner(api, kinds);
        this.announcer = announcer;
    }

    /// Removes a file and what it deployed. What lies behind a link to a directory stays on the disk.
    /// @throws io.k3j.clientapi.ApiFault when the API refuses something; the file is still there then
    /// @throws IOException when the file cannot be deleted
    void file(Found file) throws IOException {
        Optional<Obj> addon = addons.find(file.addon());
        Set<Gvk> kinds = new LinkedHashSet<>(parsed(file));
        addon.ifPresent(there -> kinds.addAll(Addons.kinds(there)));
        pruner.prune(new OwnerMarks(Addons.key(file.addon())), kinds, List.of());
        if (!file.linked()) {
            Files.deleteIfExists(file.path());
        }
        LOG.log(System.Logger.Level.INFO, "Removed disabled add-on name={0} path={1}", file.addon(), file.path());
        addon.ifPresent(there -> delete(there, file.path().toString()));
    }

    /// Removes an Addon whose file has gone, with what it deployed.
    /// @throws io.k3j.clientapi.ApiFault when the API refuses something
    void addon(Obj addon) {
        pruner.prune(new OwnerMarks(addon.key()), Addons.kinds(addon), List.of());
        LOG.log(System.Logger.Level.INFO, "Removed disabled add-on name={0}", addon.name());
        delete(addon, addon.spec().text("source"));
    }

    private void delete(Obj addon, String file) {
        announcer.deleting(addon, file);
        addons.delete(addon);
    }

    /// The kinds of a file, as far as it is one that can be parsed: an Addon of older versions of K3s names none.
    private static Set<Gvk> parsed(Found file) {
        try {
            return ManifestParser.kinds(ManifestParser.parse(ManifestReader.read(file.path()).bytes()));
        } catch (ManifestProblem damaged) {
            return Set.of();
        }
    }
}
