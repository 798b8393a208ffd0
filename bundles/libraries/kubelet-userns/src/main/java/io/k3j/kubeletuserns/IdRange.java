package io.k3j.kubeletuserns;

/// The ids of the host that pods of this node may have, users and groups alike. They are cut into ranges of
/// `idsPerPod`, one for each pod.
///
/// @param first the lowest of them
/// @param length how many there are
/// @param idsPerPod how many a pod has
public record IdRange(long first, long length, long idsPerPod) {
    /// What the ids of a pod are counted in, at least one: images have files of all of the first 65536 users.
    public static final long UNIT = 65_536;
    /// The kernel's ids have 32 bits.
    private static final long ALL = 1L << 32;

    /// Ranges that begin and end with those of pods, and do not have the host's own users in them.
    /// @throws IllegalArgumentException in upstream's words, with what to change
    public IdRange {
        String wrong = idsPerPod < UNIT ? "not be less than " + UNIT
                : idsPerPod % UNIT != 0 ? "be a multiple of " + UNIT
                        : idsPerPod >= ALL ? "not be more than " + (ALL - 1) : "";
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("invalid configuration: userNamespaces.idsPerPod must " + wrong);
        }
        need(first % idsPerPod == 0, "kubelet user assigned ID " + first + " is not a multiple of " + idsPerPod,
                SubordinateIds.WHERE);
        need(first >= idsPerPod, "kubelet user assigned ID " + first + " must be greater or equal to " + idsPerPod,
                SubordinateIds.WHERE);
        need(length > 0 && length % idsPerPod == 0,
                "kubelet user assigned IDs length " + length + " is not a multiple of " + idsPerPod,
                SubordinateIds.WHERE);
        need(first + length <= ALL, "kubelet user assigned IDs end beyond " + (ALL - 1), SubordinateIds.WHERE);
    }

    /// All ids but the first `idsPerPod`, where nothing else is said. As upstream, on the assumption that the host's
    /// own users are among the first.
    public static IdRange rest(long idsPerPod) {
        long whole = idsPerPod < UNIT ? UNIT : idsPerPod;
        return new IdRange(idsPerPod, (ALL / whole - 1) * whole, idsPerPod);
    }

    /// The same range, for a node that runs as many pods.
    /// @throws IllegalArgumentException when there are too few ids
    public IdRange forPods(long maxPods) {
        need(pods() >= maxPods, "kubelet user assigned IDs are not enough to support " + maxPods + " pods",
                SubordinateIds.WHERE + ", or --kubelet-arg=max-pods=" + pods());
        return this;
    }

    /// How many pods can have a range.
    int pods() {
        return Math.toIntExact(length / idsPerPod);
    }

    /// The range of a pod.
    /// @param index from 0 to [#pods]
    UserNamespace get(int index) {
        return new UserNamespace(first + index * idsPerPod, idsPerPod);
    }

    /// Which of them a pod has.
    /// @throws IllegalArgumentException for what is none of them
    int index(UserNamespace pod) {
        if (pod.length() != idsPerPod) {
            throw new IllegalArgumentException("wrong user namespace length " + pod.length());
        }
        if (pod.first() % idsPerPod != 0) {
            throw new IllegalArgumentException("wrong user namespace offset specified " + pod.first());
        }
        long index = (pod.first() - first) / idsPerPod;
        if (pod.first() < first || index >= pods()) {
            throw new IllegalArgumentException("id " + pod.first() + " is out of range");
        }
        return Math.toIntExact(index);
    }

    private static void need(boolean holds, String otherwise, String change) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise + ": change " + change);
        }
    }
}
