/** ONNX Runtime, ONNX' own checker and NumPy, which they bring, from PyPI: 170 MB, installed once. */
export const onnxRequirements = ['onnxruntime==1.31.1', 'onnx==1.23.2'];
