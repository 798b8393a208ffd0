package io.k3j.kuberuntime;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;

/// Huge pages by the names that their sizes have: `hugepages-2Mi` among resources, `2MB` in the kernel's control groups
/// and in CRI. Pure; any thread. See <https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/> and
/// <https://docs.kernel.org/admin-guide/cgroup-v2.html#hugetlb>.
public final class HugePages {
    private static final String PREFIX = "hugepages-";
    private static final int KIBI = 10;
    private static final int MEBI = 20;
    private static final int GIBI = 30;

    private HugePages() {
    }

    /// Whether a resource is one of huge pages.
    public static boolean named(String resource) {
        return resource.startsWith(PREFIX);
    }

    /// What pages are called as a resource.
    /// @param pageSize bytes of one
    public static String resource(long pageSize) {
        return PREFIX + Quantity.bytes(pageSize);
    }

    /// What pages are called by the kernel and by CRI, as `2MB`.
    /// @param pageSize bytes of one
    public static String unit(long pageSize) {
        if (pageSize >= 1L << GIBI) {
            return (pageSize >> GIBI) + "GB";
        }
        return pageSize >= 1L << MEBI ? (pageSize >> MEBI) + "MB" : (pageSize >> KIBI) + "KB";
    }

    /// How large a page of a resource is, in bytes.
    /// @param resource that is [#named]
    /// @throws IllegalArgumentException when its name says no size
    public static long pageSize(String resource) {
        return Quantity.parse(resource.substring(PREFIX.length())).value();
    }

    /// How much some amounts name of pages of a size, in bytes; 0 when they name none. A size may be written in several
    /// ways, as `2Mi` and `2048Ki`.
    /// @param amounts `requests` or `limits`
    /// @param pageSize bytes of one page
    public static long amount(Struct amounts, long pageSize) {
        long all = 0;
        for (String resource : amounts.names()) {
            if (named(resource) && hasSize(resource, pageSize)) {
                all = Quantity.sum(all, Quantity.of(amounts.get(resource)).value());
            }
        }
        return all;
    }

    /// No page is of a size that cannot be read.
    private static boolean hasSize(String resource, long pageSize) {
        try {
            return pageSize(resource) == pageSize;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
