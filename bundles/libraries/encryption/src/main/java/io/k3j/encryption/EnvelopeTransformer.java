package io.k3j.encryption;

/// A provider whose keys are kept by somebody else: upstream's envelope transformer. Any thread may call; may block for
/// an answer, within a bound of its own.
public non-sealed interface EnvelopeTransformer extends RowProvider {
    /// What all its rows begin with, and no others: `k8s:enc:kms:v2:NAME:`.
    String prefix();

    /// What follows the prefix in a row.
    ///
    /// @param place the row's key in the store, which the row is bound to
    /// @throws SealUnavailable while there is no key to seal with
    byte[] seal(String place, byte[] content);

    /// The content of a row.
    ///
    /// @param sealed what follows the prefix
    /// @throws UnreadableRow when it is damaged, or, [UnreadableRow#passing], while its key cannot be had
    byte[] open(String place, byte[] sealed);

    /// Whether the row has the key that [#seal] uses now; true while that is not known.
    ///
    /// @param sealed what follows the prefix
    boolean current(byte[] sealed);
}
