package io.k3j.watchcache;

/// How values lie in the store, by their keys: upstream's `ResourceTransformers`. Values nobody covers pass untouched.
/// Any thread; may block for a file.
public interface AtRest {
    /// Whether rows of this key may lie there otherwise than plain.
    boolean covers(String storeKey);

    /// A value as it goes to the store.
    ///
    /// @param value in stored form; not changed
    /// @return the same array when the row stays plain
    /// @throws io.k3j.clientapi.ApiFault 503 when it must not go there now
    byte[] seal(String storeKey, byte[] value);

    /// Whether the store's value is as [#seal] would write it now. If not, it is to be written once more. Only of keys
    /// that are covered.
    boolean current(String storeKey, byte[] value);

    /// A value as it came from the store.
    ///
    /// @return the same array for a row that is plain
    /// @throws io.k3j.encryption.UnreadableRow when it cannot be decrypted, with the key's name and what to do
    byte[] open(String storeKey, byte[] value);
}
