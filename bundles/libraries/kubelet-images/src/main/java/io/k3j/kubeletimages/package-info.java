/// The images of a node's containers, as upstream's `pkg/kubelet/images` and `pkg/credentialprovider`: when one is
/// pulled and by whose credentials ([io.k3j.kubeletimages.Images]), credentials that programs of the node give
/// ([io.k3j.kubeletimages.CredentialProviders]), and images that have to go when the disk fills
/// ([io.k3j.kubeletimages.ImageGarbageCollector]).
///
/// **Threads.** Any; a collector one at a time. **Blocking.** `Images.ensure` does not: pulls have threads of their
/// own. **Errors.** What keeps an image away is an outcome with a reason and a sentence for an Event; neither has a
/// password.
@NullMarked
package io.k3j.kubeletimages;

import org.jspecify.annotations.NullMarked;
