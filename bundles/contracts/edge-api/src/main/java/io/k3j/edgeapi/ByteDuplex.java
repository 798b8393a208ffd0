package io.k3j.edgeapi;

import java.io.InputStream;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ProviderType;

/// The two directions of an upgraded connection or of a dialled one. Each direction is used by one
/// thread at a time and blocks it; closing either end from a third thread wakes both.
@ProviderType
public interface ByteDuplex extends AutoCloseable {
    /// From the other side; end of stream when it has closed.
    InputStream input();

    /// To the other side; blocks when it does not read.
    OutputStream output();

    /// Closes both directions.
    @Override
    void close();
}
