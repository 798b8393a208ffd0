package io.k3j.kuberuntime;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The medium of an `emptyDir` of huge pages: `HugePages`, or with a size `HugePages-2Mi`. Pure; any thread. See
/// <https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/>.
public final class HugePageMedium {
    private static final String ANY = "HugePages";
    private static final String PREFIX = ANY + "-";

    private HugePageMedium() {
    }

    /// Whether a medium is one of huge pages.
    public static boolean named(String medium) {
        return medium.equals(ANY) || medium.startsWith(PREFIX);
    }

    /// How large the pages are that a medium names, in bytes; empty for one that leaves it to the pod.
    /// @param medium that is [#named]
    /// @throws ConfigError when it names a size that is none
    public static OptionalLong pageSize(String medium) {
        return medium.equals(ANY) ? OptionalLong.empty() : OptionalLong.of(size(medium.substring(PREFIX.length())));
    }

    /// How large the pages of a pod's volume are, in bytes: a container, or the pod as a whole, asks for such pages.
    /// @param medium that is [#named]
    /// @throws ConfigError with upstream's words when it asks for none, or for several sizes and the medium names none
    public static long pageSize(String medium, Obj pod) {
        Set<Long> wanted = requested(pod);
        OptionalLong named = pageSize(medium);
        if (named.isPresent()) {
            wanted.retainAll(Set.of(named.getAsLong()));
        } else if (wanted.size() > 1) {
            throw ConfigError.config("medium: " + medium
                    + " can't be used if container requests multiple huge page sizes");
        }
        return wanted.stream().findFirst().orElseThrow(() -> ConfigError.config("medium " + medium
                + ": hugePages storage requested, but there is no resource request for huge pages"));
    }

    /// Of pages a request is its limit; a static pod may say one of both only, since nobody has given it defaults.
    private static Set<Long> requested(Obj pod) {
        List<Struct> resources = new ArrayList<>(List.of(pod.spec().struct("resources")));
        PodSpecs.containers(pod).forEach(c -> resources.add(c.struct("resources")));
        PodSpecs.initContainers(pod).forEach(c -> resources.add(c.struct("resources")));
        Set<Long> sizes = new TreeSet<>();
        resources.stream().flatMap(r -> Stream.of(r.struct("requests"), r.struct("limits")))
                .flatMap(amounts -> amounts.names().stream()).filter(HugePages::named)
                .forEach(name -> sizes.add(size(name.substring(name.indexOf('-') + 1))));
        return sizes;
    }

    private static long size(String quantity) {
        try {
            return Quantity.parse(quantity).value();
        } catch (IllegalArgumentException e) {
            throw ConfigError.config(String.valueOf(e.getMessage()));
        }
    }
}
