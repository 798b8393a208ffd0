package io.k3j.cgroups;

import io.k3j.kuberuntime.HugePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The kernel's limits of huge pages, which no driver of groups but the kernel itself knows. Any thread. See
/// <https://docs.kernel.org/admin-guide/cgroup-v1/hugetlb.html> and
/// <https://docs.kernel.org/admin-guide/cgroup-v2.html#hugetlb>.
///
/// @param hierarchies where groups are
record HugetlbFiles(Hierarchies hierarchies) {
    private static final String CONTROLLER = "hugetlb";

    /// Limits the pages that the processes of a group use, and those that they have reserved where the kernel counts
    /// these, too. The group is made where it is not there. A kernel that does not count huge pages is left alone.
    /// @param path of the group, relative
    /// @param limits bytes by size of a page; sizes that are not among them keep the limit they have
    /// @throws IOException at the first file that the kernel does not take
    void limit(String path, Map<Long, Long> limits) throws IOException {
        if (limits.isEmpty() || !counted()) {
            return;
        }
        Path group = hierarchies.group(CONTROLLER, path);
        Files.createDirectories(group);
        if (hierarchies.unified()) {
            hierarchies.delegate(group, List.of(CONTROLLER));
        }
        String suffix = hierarchies.unified() ? "max" : "limit_in_bytes";
        for (Map.Entry<Long, Long> limit : limits.entrySet()) {
            String size = CONTROLLER + "." + HugePages.unit(limit.getKey()) + ".";
            Files.writeString(group.resolve(size + suffix), Long.toString(limit.getValue()));
            Path reserved = group.resolve(size + "rsvd." + suffix);
            if (Files.exists(reserved)) {
                Files.writeString(reserved, Long.toString(limit.getValue()));
            }
        }
    }

    private boolean counted() throws IOException {
        return hierarchies.unified() ? hierarchies.controllers().contains(CONTROLLER)
                : Files.isDirectory(hierarchies.mount().resolve(CONTROLLER));
    }
}
