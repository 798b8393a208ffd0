package io.k3j.protobufwire;

/// How arrays grow that are written into: doubled while that is possible, up to the longest array there is. For all
/// that encode into one piece, so that they reach the same bound with the same sentence.
public final class Growth {
    /// Some machines refuse arrays that are longer by a few elements.
    private static final int MOST = Integer.MAX_VALUE - 8;

    private Growth() {
    }

    /// The next length of an array that has become too short.
    /// @param length the length it has
    /// @param used how many of its elements are in use
    /// @param more how many have to fit in besides
    /// @throws IllegalStateException when no array is as long as that
    public static int next(int length, int used, int more) {
        long needed = (long) used + more;
        if (needed > MOST) {
            throw new IllegalStateException("more than 2 GiB in one piece");
        }
        return (int) Math.max(needed, Math.min(2L * length, MOST));
    }
}
