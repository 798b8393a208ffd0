/// `k3s upgrade`: reads a release from a tar that nobody has to be trusted about, stages it beside the one that runs,
/// puts it on trial and sees how that ends. What is started is decided by the links of
/// [io.k3j.launcher.release.Releases].
@NullMarked
package io.k3j.cli.upgrade;

import org.jspecify.annotations.NullMarked;
