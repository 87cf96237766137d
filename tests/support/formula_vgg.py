"""A VGG19 without a weight file: its weights are filled by the formula of reference/LOSSES.md."""

import functools

import numpy as np

from ode_appearance.perceptual.features import FeatureExtractor
from ode_appearance.perceptual.vgg import VGG19_BLOCKS, Vgg, layer_shapes


def formula_weights():
    """Kernels (outputs, inputs, 3, 3) and biases."""
    kernels, biases = [], []
    for layer, (inputs, outputs) in enumerate(layer_shapes(VGG19_BLOCKS)):
        j = np.arange(outputs * inputs * 9)
        kernel = np.sqrt(2) * np.sqrt(2 / (9 * inputs)) * np.sin(0.7 * j + 1.3 * (2 * layer) + 0.1)
        kernels.append(kernel.reshape(outputs, inputs, 3, 3).astype(np.float32))
        biases.append((0.1 * np.sin(0.7 * np.arange(outputs) + 1.3 * (2 * layer + 1) + 0.1)).astype(np.float32))
    return kernels, biases


@functools.cache
def formula_vgg19():
    """The feature extractor with these weights."""
    kernels, biases = formula_weights()
    kernels = [kernel.transpose(2, 3, 1, 0) for kernel in kernels]
    network = Vgg(VGG19_BLOCKS, kernels, biases, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    return FeatureExtractor(network, "vgg19", "weights by formula")
